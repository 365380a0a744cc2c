DROP TABLE settings;
DROP TABLE api_keys;
DROP TABLE sessions;
DROP TABLE login_links;
DROP TABLE members;
DROP TABLE accounts;
DROP TABLE workspaces;
