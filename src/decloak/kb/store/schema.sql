-- The tables of a store. A change here needs a new VERSION in schema.py.
CREATE TABLE dataset (id INTEGER PRIMARY KEY, kind TEXT, name TEXT, version TEXT, path TEXT, sha256 TEXT, size INTEGER, added TEXT, rows INTEGER, UNIQUE (kind, name));
CREATE TABLE name (key TEXT, alias TEXT, kind TEXT, name TEXT, target TEXT, weak TEXT, dataset INTEGER,
    PRIMARY KEY (key, alias, kind, target, dataset)) WITHOUT ROWID;
CREATE TABLE thing (id TEXT, kind TEXT, name TEXT, stix_id TEXT, tactics TEXT, state TEXT, dataset INTEGER,
    PRIMARY KEY (id, dataset)) WITHOUT ROWID;
CREATE TABLE relation (id TEXT, relation TEXT, target TEXT, dataset INTEGER,
    PRIMARY KEY (id, relation, target, dataset)) WITHOUT ROWID;
CREATE TABLE cve (cve TEXT, feed TEXT, state TEXT, published TEXT, modified TEXT, cwes TEXT, severity REAL, dataset INTEGER,
    PRIMARY KEY (cve, feed)) WITHOUT ROWID;
CREATE TABLE affects (vendor_key TEXT, product_key TEXT, cve TEXT, feed TEXT, part TEXT, vendor TEXT, product TEXT, version TEXT, low TEXT, low_open INTEGER, high TEXT, high_open INTEGER, only_with TEXT, dataset INTEGER);
CREATE INDEX affects_product ON affects (product_key, vendor_key);
CREATE INDEX affects_cve ON affects (cve, feed);
CREATE TABLE kev (cve TEXT PRIMARY KEY, added TEXT, ransomware INTEGER, title TEXT, dataset INTEGER) WITHOUT ROWID;
CREATE TABLE epss (cve TEXT PRIMARY KEY, probability REAL, percentile REAL, dataset INTEGER) WITHOUT ROWID;
CREATE TABLE product (key TEXT, part TEXT, vendor TEXT, product TEXT, dataset INTEGER,
    PRIMARY KEY (key, part, vendor, product, dataset)) WITHOUT ROWID;
CREATE TABLE release (vendor TEXT, product TEXT, version TEXT, dataset INTEGER,
    PRIMARY KEY (product, vendor, version, dataset)) WITHOUT ROWID;
CREATE TABLE listed (value TEXT, kind TEXT, dataset INTEGER,
    PRIMARY KEY (value, dataset)) WITHOUT ROWID;
CREATE TABLE listed_range (first TEXT, last TEXT, dataset INTEGER,
    PRIMARY KEY (dataset, first)) WITHOUT ROWID;
