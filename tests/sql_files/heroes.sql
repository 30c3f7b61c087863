-- The heroes and their teams.

-- name: strongest(team: str, least: int = 0) :many
-- The strongest heroes of a team.
SELECT h.id, h.name, h.nick, h.hero_rank AS standing, h.born, t.budget
FROM hero h JOIN team t ON t.id = h.team_id
WHERE t.name = :team AND h.power >= :least
ORDER BY h.power DESC;

-- name: like_these :many
SELECT h.*, t.name AS team_name
FROM hero h LEFT JOIN team t ON t.id = h.team_id
WHERE h.name LIKE :pattern
ORDER BY h.name
LIMIT :most

-- name: find(id) :one
SELECT id, name, power + 1 AS next_power, COALESCE(nick, name) AS shown,
  CASE WHEN power > 5 THEN 'strong' ELSE 'weak' END AS kind, '100%' AS sure, ':none' AS none
FROM hero WHERE id = :id

-- name: how_many$
SELECT COUNT(*) AS n FROM hero WHERE power IN (:powers)

-- name: others :value
SELECT COUNT(*) AS n FROM hero WHERE power NOT IN (:powers)

-- name: highest(team_id: int | None = None) :value
SELECT MAX(power) AS best FROM hero WHERE (:team_id IS NULL OR team_id = :team_id)

-- name: by_team(least) :many
WITH counted AS (
  SELECT team_id, COUNT(*) AS n, SUM(power) AS total, AVG(power) AS mean FROM hero GROUP BY team_id
)
SELECT t.name, c.n, c.total, c.mean,
  (SELECT COUNT(*) FROM hero_friends f WHERE f.team_id = t.id) AS friends,
  EXISTS (SELECT 1 FROM hero h WHERE h.team_id = t.id AND h.power > 7) AS has_strong
FROM team t LEFT JOIN counted c ON c.team_id = t.id
WHERE c.n >= :least OR c.n IS NULL
ORDER BY t.name

-- name: ranked :many
-- column digits: str
SELECT name, ROW_NUMBER() OVER (ORDER BY power DESC) AS place, SUBSTR(name, 1, 1) AS digits FROM hero
UNION ALL
SELECT name, 0 AS place, 'x' AS digits FROM team
ORDER BY place, name

-- name: add_hero :exec
INSERT INTO hero (id, name, nick, power, hero_rank, born, team_id)
VALUES (:id, :name, :nick, :power, :standing, :born, :team_id)

-- name: train(team_id, more: int, nick = None) !
-- Every hero of a team becomes stronger.
UPDATE hero SET power = power + :more, nick = :nick WHERE team_id = :team_id
