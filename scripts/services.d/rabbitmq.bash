# RabbitMQ: a node of its own, with a port mapper (epmd) of its own.
# shellcheck shell=bash disable=SC2154

rabbitmq_bin=/usr/lib/rabbitmq/bin

rabbitmq_installed() { [[ -x $rabbitmq_bin/rabbitmq-server ]]; }

rabbitmq_ports() { echo rabbitmq_port rabbitmq_peer_port rabbitmq_epmd_port; }

rabbitmq_runs() { alive "$state/rabbitmq/pid" && listens "$rabbitmq_port"; }

rabbitmq_start() {
    local home=$state/rabbitmq
    cat >"$home/rabbitmq.conf" <<END
listeners.tcp.1 = 127.0.0.1:$rabbitmq_port
default_user = hearth
default_pass = $password
END
    echo '[].' >"$home/plugins"
    : >"$home/env"
    own rabbitmq "$home"
    rabbitmq "$rabbitmq_bin/rabbitmq-server" -detached >"$home/log" 2>&1
    rabbitmq "$rabbitmq_bin/rabbitmqctl" wait --timeout 60 "$home/pid" >>"$home/log" 2>&1
    until_true 10 listens "$rabbitmq_port"
}

# Run one of RabbitMQ's programs; all that is the machine's own is set aside by these variables.
rabbitmq() {
    local home=$state/rabbitmq
    as rabbitmq env HOME="$home" \
        ERL_EPMD_ADDRESS=127.0.0.1 ERL_EPMD_PORT="$rabbitmq_epmd_port" \
        RABBITMQ_NODENAME="hearth-$rabbitmq_port@localhost" \
        RABBITMQ_NODE_PORT="$rabbitmq_port" RABBITMQ_DIST_PORT="$rabbitmq_peer_port" \
        RABBITMQ_CONF_ENV_FILE="$home/env" RABBITMQ_CONFIG_FILE="$home/rabbitmq.conf" \
        RABBITMQ_ENABLED_PLUGINS_FILE="$home/plugins" RABBITMQ_PID_FILE="$home/pid" \
        RABBITMQ_MNESIA_BASE="$home/data" RABBITMQ_LOG_BASE="$home/logs" \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='+sbwt none -kernel inet_dist_use_interface {127,0,0,1}' \
        "$@"
}

rabbitmq_stop() {
    terminate "$state/rabbitmq/pid"
    ERL_EPMD_PORT=$rabbitmq_epmd_port epmd -kill >/dev/null 2>&1 || true
}
