# What the three services share: where they live, whose they are, which ports they take.
# shellcheck shell=bash disable=SC2034,SC2154

fail() {
    echo "$*" >&2
    exit 1
}

# The user who runs a service when we are root: the one its package made.
user_of() {
    case $1 in
        postgresql) echo postgres ;;
        mariadb) echo mysql ;;
        rabbitmq) echo rabbitmq ;;
    esac
}

# Run a command as the service's user; the environment is kept.
as() {
    local service=$1
    shift
    if [[ $EUID -eq 0 ]]; then
        (cd "$state/$service" && exec runuser -u "$(user_of "$service")" -- "$@")
    else
        (cd "$state/$service" && exec "$@")
    fi
}

own() {
    if [[ $EUID -eq 0 ]]; then chown -R "$(user_of "$1"):" "$2"; fi
    chmod 700 "$2"
}

# A clone below a closed folder (/root) cannot be entered by the services' users: then the data
# lies in /var/tmp, and .services/state points there.
prepare_state() {
    mkdir -p "$root"
    if [[ ! -e $root/state ]]; then
        rm -f "$root/state"
        if [[ $EUID -eq 0 ]] && ! runuser -u nobody -- test -x "$root"; then
            ln -s "$(mktemp -d /var/tmp/hearth-services.XXXXXX)" "$root/state"
            chmod 755 "$root/state/"
        else
            mkdir "$root/state"
        fi
    fi
    if [[ ! -s $root/password ]]; then
        (umask 077 && head -c 18 /dev/urandom | base64 | tr '+/' 'xy' >"$root/password")
    fi
    known_state
}

# Read what an earlier start decided. False when there was none.
known_state() {
    [[ -d $root/state && -s $root/password ]] || return 1
    state=$(readlink -f "$root/state")
    password=$(<"$root/password")
    touch "$root/ports"
    # shellcheck disable=SC1091
    source "$root/ports"
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Ports are remembered, and chosen anew only when somebody else has taken one.
choose_ports() {
    local name
    for name in $("$1_ports"); do
        if [[ -z ${!name:-} ]] || listens "${!name}"; then declare -g "$name=$(free_port)"; fi
        sed -i "/^$name=/d" "$root/ports"
        echo "$name=${!name}" >>"$root/ports"
    done
}

free_port() {
    local port
    port=$(awk -F= '$2 >= last { last = $2 + 1 } END { print last < 25410 ? 25410 : last }' \
        "$root/ports")
    while listens "$port"; do port=$((port + 1)); done
    echo "$port"
}

# until_true SECONDS COMMAND...
until_true() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        if ((SECONDS >= deadline)); then return 1; fi
        sleep 0.2
    done
}

# Whether the process whose id stands in the file lives, and works for this clone.
alive() {
    local pid
    [[ -s $1 ]] || return 1
    pid=$(head -n 1 "$1")
    [[ -r /proc/$pid/cmdline ]] && tr '\0' ' ' <"/proc/$pid/cmdline" | grep -qF "$state"
}

# A process that has ended may linger, unclaimed, as a zombie: that counts as gone.
gone() { [[ ! -e /proc/$1 ]] || grep -q '^State:[[:space:]]*[ZX]' "/proc/$1/status"; }

# Ask the process in the file to end, and wait.
terminate() {
    local pid
    pid=$(head -n 1 "$1")
    kill "$pid"
    until_true 30 gone "$pid" || fail "process $pid does not end"
}
