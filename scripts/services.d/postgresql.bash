# PostgreSQL: a cluster of its own, TCP only.
# shellcheck shell=bash disable=SC2154

postgresql_bin() { compgen -G '/usr/lib/postgresql/*/bin' | sort -V | tail -n 1; }

postgresql_installed() { [[ -x $(postgresql_bin)/pg_ctl ]]; }

postgresql_ports() { echo postgresql_port; }

postgresql_runs() { alive "$state/postgresql/data/postmaster.pid" && listens "$postgresql_port"; }

postgresql_start() {
    local bin data=$state/postgresql/data
    bin=$(postgresql_bin)
    if [[ ! -e $data/PG_VERSION ]]; then postgresql_create "$bin" "$data"; fi
    # Left by a machine that went down, its process id may be somebody else's by this time.
    if ! alive "$data/postmaster.pid"; then rm -f "$data/postmaster.pid"; fi
    as postgresql "$bin/pg_ctl" -D "$data" -l "$state/postgresql/log" -w -t 60 start \
        -o "-p $postgresql_port -c listen_addresses=127.0.0.1 -c max_connections=200 \
            -c unix_socket_directories=''" >/dev/null 2>&1
    if ! postgresql_sql "SELECT 1 FROM pg_database WHERE datname = 'hearth'" | grep -q 1; then
        postgresql_sql 'CREATE DATABASE hearth' >/dev/null
    fi
}

postgresql_create() {
    local secret=$state/postgresql/secret
    (umask 077 && echo "$password" >"$secret")
    own postgresql "$state/postgresql"
    as postgresql "$1/initdb" -D "$2" -U hearth --pwfile="$secret" --auth=scram-sha-256 \
        --encoding=UTF8 --locale=C.UTF-8 --no-sync >/dev/null
    rm "$secret"
}

postgresql_sql() {
    PGPASSWORD=$password "$(postgresql_bin)/psql" -X -q -A -t -h 127.0.0.1 \
        -p "$postgresql_port" -U hearth -d postgres -c "$1"
}

postgresql_stop() {
    as postgresql "$(postgresql_bin)/pg_ctl" -D "$state/postgresql/data" -m fast -w stop >/dev/null
}
