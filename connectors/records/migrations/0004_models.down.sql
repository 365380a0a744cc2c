DROP TABLE classifiers;
DROP TABLE models;
DROP TABLE sample_sets;
DROP TABLE policies;
