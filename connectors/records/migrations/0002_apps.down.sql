ALTER TABLE apps DROP CONSTRAINT apps_published_version;
DROP TABLE versions;
DROP TABLE apps;
