/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events that change devices, profiles and DNS names.
 */
#include "scenario/event-private.h"

static void
run_device(Run *run, Event *event)
{
    WlPeerChange *change;

    if (!event->a->device)
        return;
    change =
        wl_peer_change_new(event->flag ? WL_PEER_REMOVE : WL_PEER_UPDATE, &event->b->public_key);
    if (!event->flag) {
        if (!sim_device_has_peer(event->a->device, &event->b->public_key))
            change->kind = WL_PEER_ADD;
        change->endpoint = event->endpoint;
        change->replace_allowed_ips = event->prefixes != NULL;
        if (event->prefixes)
            g_array_append_vals(change->allowed_ips, event->prefixes->data, event->prefixes->len);
    }
    sim_device_set_time(event->a->device, run->world->now, event->a->wall_offset);
    sim_device_change(event->a->device, change);
    wl_peer_change_free(change);
    sim_host_settle(event->a);
    run->world->dirty = TRUE;
}

/* device HOST remove PEER | device HOST set PEER [endpoint E] [allowed-ips P...] */
static gboolean
parse_device(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    if (!(event->a = scenario_take_host(run, line, error)))
        return FALSE;
    event->flag = scenario_line_take_if(line, "remove");
    if (!event->flag && !scenario_line_take_word(line, "set", error))
        return FALSE;
    if (!(event->b = scenario_take_host(run, line, error)))
        return FALSE;
    if (!event->flag && scenario_line_take_if(line, "endpoint") &&
        !scenario_line_take_endpoint(line, &event->endpoint, error))
        return FALSE;
    if (!event->flag && scenario_line_take_if(line, "allowed-ips") &&
        !(event->prefixes = scenario_line_take_prefixes(line, 0, error)))
        return FALSE;
    return TRUE;
}

static void
run_profile(Run *run, Event *event)
{
    GPtrArray *peers = event->a->config->peers;

    if (!event->flag) {
        event->line->at = event->at;
        scenario_declare_peer(run, event->a, event->line, NULL);
        return;
    }
    for (guint i = peers->len; i-- > 0;) {
        const WlPeerConfig *peer = peers->pdata[i];
        if (wl_key_equal(&peer->public_key, &event->b->public_key))
            g_ptr_array_remove_index(peers, i);
    }
}

/* profile HOST remove PEER | profile HOST peer PEER ...: takes effect at the next start or reload
 */
static gboolean
parse_profile(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    SimHost *host = scenario_take_host(run, line, error);

    event->a = host;
    if (!host)
        return FALSE;
    event->flag = scenario_line_take_if(line, "remove");
    if (event->flag)
        return (event->b = scenario_take_host(run, line, error)) != NULL;
    if (!scenario_line_take_word(line, "peer", error))
        return FALSE;
    event->at = line->at;
    if (!scenario_take_host(run, line, error))
        return FALSE;
    while (scenario_line_peek(line)) /* checked when the event runs */
        line->at++;
    return TRUE;
}

static void
run_reload(Run *run, Event *event)
{
    for (guint i = 0; i < event->hosts->len; i++) {
        SimHost *host = event->hosts->pdata[i];
        g_autoptr(GError) error = NULL;

        if (host->engine &&
            !wl_engine_reload_profile(host->engine, sim_host_now(host), host->config, &error))
            run_fail(run, event->line, "%s: %s", host->name, error->message);
        sim_host_settle(host);
    }
}

static void
run_dns(Run *run, Event *event)
{
    gboolean known;

    event->line->at = event->at;
    scenario_declare(run, event->line, &known, NULL);
}

/* dns NAME ADDRESS... */
static gboolean
parse_dns(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    WlIp ip;

    event->at = line->at - 1;
    if (!scenario_line_take(line, "a DNS name", error))
        return FALSE;
    while (scenario_line_peek(line) && !g_str_equal(scenario_line_peek(line), "as")) {
        if (!scenario_line_take_ip(line, &ip, error))
            return FALSE;
    }
    return TRUE;
}

const EventKind event_config_kinds[] = {
    {"device", parse_device, run_device},
    {"profile", parse_profile, run_profile},
    {"reload", event_parse_hosts, run_reload},
    {"dns", parse_dns, run_dns},
    {NULL},
};
