# MariaDB: a data folder of its own.
# shellcheck shell=bash disable=SC2154

mariadb_installed() { [[ -x /usr/sbin/mariadbd ]]; }

mariadb_ports() { echo mariadb_port; }

mariadb_runs() { alive "$state/mariadb/pid" && listens "$mariadb_port"; }

mariadb_start() {
    local data=$state/mariadb/data
    if [[ ! -d $data/mysql ]]; then
        as mariadb mariadb-install-db --no-defaults --datadir="$data" --skip-test-db \
            --auth-root-authentication-method=normal >/dev/null
    fi
    mariadb_rights
    as mariadb setsid --fork /usr/sbin/mariadbd --no-defaults --datadir="$data" \
        --bind-address=127.0.0.1 --port="$mariadb_port" --socket="$state/mariadb/socket" \
        --pid-file="$state/mariadb/pid" --init-file="$state/mariadb/rights.sql" \
        --character-set-server=utf8mb4 --max-connections=200 \
        >"$state/mariadb/log" 2>&1 </dev/null
    until_true 60 mariadb_answers
}

# Read at every start: it may be repeated.
mariadb_rights() {
    (umask 077 && cat >"$state/mariadb/rights.sql") <<END
CREATE USER IF NOT EXISTS 'hearth'@'127.0.0.1' IDENTIFIED BY '$password';
GRANT ALL PRIVILEGES ON *.* TO 'hearth'@'127.0.0.1';
ALTER USER 'root'@'localhost' IDENTIFIED BY '$password';
CREATE DATABASE IF NOT EXISTS hearth CHARACTER SET utf8mb4;
END
    own mariadb "$state/mariadb"
}

mariadb_answers() {
    MYSQL_PWD=$password mariadb --no-defaults -h 127.0.0.1 -P "$mariadb_port" -u hearth hearth \
        -e 'SELECT 1'
}

mariadb_stop() { terminate "$state/mariadb/pid"; }
