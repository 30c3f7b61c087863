"""Tables that nobody would make for an ORM, one list of statements for each database."""

_COMMON = (
    """CREATE TABLE "home" ("id" INT NOT NULL, "code" VARCHAR(9) NOT NULL, "mail" VARCHAR(40) NOT NULL, "zip" INT,
    "note" VARCHAR(200) NOT NULL, PRIMARY KEY ("id"), CONSTRAINT "odd" UNIQUE ("code"),
    CONSTRAINT "home_mail_key" UNIQUE ("mail"), CONSTRAINT "zips" UNIQUE ("zip", "code"),
    CONSTRAINT "twice" UNIQUE ("code", "zip"))""",
    """CREATE TABLE "tag" ("id" INT NOT NULL PRIMARY KEY, "word" VARCHAR(30) NOT NULL)""",
    """CREATE TABLE "pair" ("x" INT NOT NULL, "y" INT NOT NULL, PRIMARY KEY ("y", "x"))""",
    """CREATE TABLE "guest" ("id" INT NOT NULL PRIMARY KEY, "home_id" INT NOT NULL, "a" INT NOT NULL, "b" INT,
    "boss_id" INT, "twin_id" INT, "home_code" VARCHAR(9), "zip_a" INT, "zip_b" INT,
    CONSTRAINT "both" UNIQUE ("a", "b"), CONSTRAINT "one_twin" UNIQUE ("twin_id"),
    CONSTRAINT "lives" FOREIGN KEY ("home_id") REFERENCES "home" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "led" FOREIGN KEY ("boss_id") REFERENCES "guest" ("id") ON DELETE SET NULL ON UPDATE SET NULL {deferred},
    CONSTRAINT "twins" FOREIGN KEY ("twin_id") REFERENCES "guest" ("id") ON DELETE RESTRICT {immediate},
    CONSTRAINT "coded" FOREIGN KEY ("home_code") REFERENCES "home" ("code") ON DELETE NO ACTION ON UPDATE RESTRICT,
    CONSTRAINT "zipped" FOREIGN KEY ("zip_a", "zip_b") REFERENCES "pair" ("y", "x") ON DELETE CASCADE)""",
    'CREATE INDEX "of_boss" ON "guest" ("boss_id")',
    'CREATE INDEX "falling" ON "guest" ("a" DESC, "b")',
    # tables between others: with rules of their own, with a key, turned round, and with an index more
    """CREATE TABLE "tag_home" ("tag_id" INT NOT NULL, "home_id" INT NOT NULL,
    CONSTRAINT "th_t" FOREIGN KEY ("tag_id") REFERENCES "tag" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "th_h" FOREIGN KEY ("home_id") REFERENCES "home" ("id") ON DELETE CASCADE,
    CONSTRAINT "th_once" UNIQUE ("tag_id", "home_id"))""",
    """CREATE TABLE "tag_guest" ("guest" INT NOT NULL, "tag" INT NOT NULL, PRIMARY KEY ("tag", "guest"),
    CONSTRAINT "tg_t" FOREIGN KEY ("tag") REFERENCES "tag" ("id") ON DELETE CASCADE,
    CONSTRAINT "tg_g" FOREIGN KEY ("guest") REFERENCES "guest" ("id") ON DELETE CASCADE)""",
    """CREATE TABLE "tag_tag" ("one" INT NOT NULL, "other" INT,
    CONSTRAINT "tt_o" FOREIGN KEY ("one") REFERENCES "tag" ("id") ON DELETE CASCADE,
    CONSTRAINT "tt_u" FOREIGN KEY ("other") REFERENCES "tag" ("id") ON DELETE CASCADE)""",
    'CREATE INDEX "back" ON "tag_tag" ("other", "one")',
    # without a primary key: nothing unique, something unique that may be empty, something that never is
    'CREATE TABLE "log" ("at" INT, "line" VARCHAR(50))',
    'CREATE TABLE "score" ("who" INT NOT NULL, "points" INT, CONSTRAINT "maybe" UNIQUE ("points"))',
    """CREATE TABLE "word" ("text" VARCHAR(20) NOT NULL, "lang" VARCHAR(3) NOT NULL, "home_id" INT,
    CONSTRAINT "words" UNIQUE ("text", "lang"),
    CONSTRAINT "wh" FOREIGN KEY ("home_id") REFERENCES "home" ("id") ON DELETE SET NULL)""",
    'CREATE TABLE "code" ("code" VARCHAR(9) NOT NULL, "size" INT, CONSTRAINT "codes" UNIQUE ("code"))',
    """CREATE TABLE "uses" ("id" INT NOT NULL PRIMARY KEY, "code" VARCHAR(9),
    CONSTRAINT "uc" FOREIGN KEY ("code") REFERENCES "code" ("code") ON DELETE SET NULL)""",
)

_NOT_MYSQL = (
    """CREATE TABLE "named" ("id" INT NOT NULL, "a" INT NOT NULL, CONSTRAINT "the_key" PRIMARY KEY ("id"),
    CONSTRAINT "small" CHECK ("a" < 10))""",
    """CREATE TABLE "named_too" ("a" INT NOT NULL, "b" INT NOT NULL, CONSTRAINT "other_key" PRIMARY KEY ("a", "b"))""",
    'CREATE UNIQUE INDEX "loose" ON "home" ("note")',
    'CREATE UNIQUE INDEX "loose_two" ON "home" ("note", "zip" DESC)',
    'CREATE UNIQUE INDEX "again" ON "home" ("code")',
    'CREATE UNIQUE INDEX "some" ON "home" ("mail") WHERE "zip" > 3',
    'CREATE UNIQUE INDEX "lowered" ON "home" (lower("mail"))',
    'CREATE INDEX "of_home" ON "guest" ("home_id")',
)

HOSTILE = {
    "sqlite": (
        *_COMMON,
        *_NOT_MYSQL,
        """CREATE TABLE "texts" ("id" INT NOT NULL PRIMARY KEY, "label" VARCHAR(9) COLLATE NOCASE NOT NULL DEFAULT 'a)',
        "note" TEXT COLLATE "RTRIM", "price" INT CONSTRAINT "cheap" CHECK ("price" COLLATE NOCASE <> 3))""",
        'CREATE INDEX "plain" ON "texts" ("label" COLLATE BINARY DESC)',
        """CREATE TABLE "computed" ("id" INT NOT NULL PRIMARY KEY, "a" INT NOT NULL,
        "twice" INT NOT NULL GENERATED ALWAYS AS ("a" * 2) STORED,
        "low" VARCHAR(9) COLLATE NOCASE GENERATED ALWAYS AS (lower("a")) VIRTUAL)""",
        """CREATE TABLE "inline" ("id" INT NOT NULL CONSTRAINT "pk" PRIMARY KEY, "a" INT CONSTRAINT "ua" UNIQUE,
        "home" INT CONSTRAINT "ih" REFERENCES "home" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED)""",
    ),
    "postgres": (
        """CREATE TYPE "mood" AS ENUM ('sad', 'ok', 'it''s')""",
        *_COMMON,
        *_NOT_MYSQL,
        """CREATE TABLE "texts" ("id" INT NOT NULL PRIMARY KEY, "label" VARCHAR(9) COLLATE "C" NOT NULL DEFAULT 'a)',
        "note" TEXT COLLATE "POSIX", "mood" mood NOT NULL DEFAULT 'ok', "list" INET[], "price" NUMERIC(9,3),
        "made" TIMESTAMP, "data" JSONB, CONSTRAINT "later" UNIQUE ("price") DEFERRABLE INITIALLY DEFERRED)""",
        """CREATE TABLE "computed" ("id" INT NOT NULL PRIMARY KEY, "a" INT NOT NULL,
        "twice" INT NOT NULL GENERATED ALWAYS AS ("a" * 2) STORED,
        "low" VARCHAR(9) COLLATE "C" GENERATED ALWAYS AS ('x') STORED)""",
        """COMMENT ON TABLE "texts" IS 'what''s written'""",
        """COMMENT ON COLUMN "texts"."note" IS 'a "note"'""",
        'CREATE UNIQUE INDEX "starts" ON "texts" ("label" text_pattern_ops)',
        'CREATE INDEX "starts_too" ON "texts" ("note" text_pattern_ops, "id")',
        'CREATE INDEX "starts_low" ON "texts" (lower("note") text_pattern_ops)',
        'CREATE INDEX "starts_last" ON "texts" ("note" text_pattern_ops DESC NULLS LAST)',
        'CREATE INDEX "inside" ON "texts" USING gin ("data" jsonb_path_ops)',
        'CREATE INDEX "nulls" ON "texts" ("price" DESC NULLS LAST, "made")',
        'ALTER TABLE "tag" RENAME TO "label"',
        'ALTER TABLE "uses" ADD CONSTRAINT "no_two" EXCLUDE USING btree ("code" WITH =)',
        """ALTER TABLE "texts" ADD CONSTRAINT "no_more" EXCLUDE USING btree (lower("note") WITH =, "id" WITH =)
        WHERE ("price" > 3)""",
    ),
    "mysql": (
        *(
            f"{each} COLLATE utf8mb4_nopad_bin" if each.startswith("CREATE TABLE") else each
            for each in _COMMON
        ),
        """CREATE TABLE "texts" ("id" INT NOT NULL PRIMARY KEY COMMENT 'the ''key''', "label" VARCHAR(9) COLLATE
        utf8mb4_general_ci NOT NULL DEFAULT 'a)', "note" TEXT, "kind" ENUM('in stock', 'it''s gone') NOT NULL,
        "moment" DATETIME, "stamp" TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
        "data" JSON, CONSTRAINT "small" CHECK ("label" <> 'x')) COMMENT='texts' COLLATE utf8mb4_nopad_bin""",
        """CREATE TABLE "computed" ("id" INT NOT NULL PRIMARY KEY, "a" INT NOT NULL,
        "twice" INT GENERATED ALWAYS AS ("a" * 2) STORED COMMENT 'two',
        "low" VARCHAR(9) COLLATE utf8mb4_general_ci GENERATED ALWAYS AS (lower('X')) VIRTUAL)
        COLLATE utf8mb4_nopad_bin""",
        'CREATE UNIQUE INDEX "begin" ON "texts" ("note"(10))',
        'CREATE UNIQUE INDEX "begin_two" ON "texts" ("kind", "note"(10))',
        'CREATE INDEX "begins" ON "home" ("note"(10), "mail"(3))',
        'CREATE FULLTEXT INDEX "words_of" ON "home" ("note")',
        'CREATE INDEX "of_home" ON "guest" ("home_id", "a")',
        'CREATE UNIQUE INDEX "down" ON "guest" ("a" DESC, "id")',
    ),
}  # fmt: skip


def hostile(dialect: str) -> list[str]:
    """The statements of a database."""
    rules = ("", "") if dialect == "mysql" else (" DEFERRABLE INITIALLY DEFERRED", " DEFERRABLE INITIALLY IMMEDIATE")
    return [each.replace("{deferred}", rules[0]).replace("{immediate}", rules[1]) for each in HOSTILE[dialect]]
