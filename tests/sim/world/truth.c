/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The true state between two hosts, for conditions, the oracle and descriptions of failures.
 */
#include "world/truth.h"

#include "world/member.h"
#include "world/reach.h"

/* The peer that receives a packet of @a for @ip, in a live session; NULL: none. */
static const WlKey *
next_hop_for(SimHost *a, const WlIp *ip)
{
    const WlKey *owner = a->device && !a->asleep ? sim_device_find_owner(a->device, ip) : NULL;

    if (!owner)
        return NULL;
    sim_device_set_time(a->device, a->world->now, a->wall_offset);
    return sim_device_has_session(a->device, owner) ? owner : NULL;
}

/* The addresses of @b in families in which @a has an address as well. */
static gboolean
next_address(SimHost *a, SimHost *b, guint *i, WlIp *ip)
{
    WlIp source;

    while (*i < b->config->addresses->len) {
        *ip = g_array_index(b->config->addresses, WlPrefix, (*i)++).ip;
        if (sim_host_get_source(a, ip->family, &source))
            return TRUE;
    }
    return FALSE;
}

/* The path of a silent peer stays as it is (docs/engine.md "Silence"). */
static gboolean
claims_direct(const SimPeerStatus *status)
{
    return status->state >= WL_PEER_DIRECT || g_str_has_prefix(status->reason, "no reply from ");
}

gboolean
truth_is_direct(SimHost *a, SimHost *b)
{
    SimPeerStatus status;
    guint i = 0;
    WlIp ip;

    if (a->kind == SIM_KIND_NATIVE &&
        (!sim_member_get_peer(a, b, &status) || !claims_direct(&status)))
        return FALSE;
    while (next_address(a, b, &i, &ip)) {
        const WlKey *owner = next_hop_for(a, &ip);
        if (!owner || !wl_key_equal(owner, &b->public_key))
            return FALSE;
    }
    return i > 0;
}

gboolean
truth_is_routed(SimHost *a, SimHost *b)
{
    SimPeerStatus status;
    guint i = 0;
    WlIp ip;

    if (a->kind == SIM_KIND_NATIVE && sim_member_get_peer(a, b, &status) &&
        status.state != WL_PEER_ROUTED)
        return FALSE;
    while (next_address(a, b, &i, &ip)) {
        const WlKey *owner = next_hop_for(a, &ip);
        if (!owner || wl_key_equal(owner, &b->public_key))
            return FALSE;
    }
    return i > 0;
}

gboolean
truth_is_offline(SimHost *a, SimHost *b)
{
    SimPeerStatus status;

    if (a->kind == SIM_KIND_NATIVE)
        return !sim_member_get_peer(a, b, &status) || status.state == WL_PEER_OFFLINE;
    return !truth_is_direct(a, b) && !truth_is_routed(a, b);
}

gboolean
truth_is_reachable(SimHost *a, SimHost *b)
{
    guint i = 0;
    WlIp ip;

    while (next_address(a, b, &i, &ip)) {
        if (!sim_reach(a, &ip, NULL))
            return FALSE;
    }
    return i > 0;
}

static gboolean
is_fact(const WlFactView *fact, const SimHost *about, const char *attribute, const char *value,
        int accepted, const SimHost *from)
{
    return wl_key_equal(&fact->subject, &about->public_key) && g_str_equal(fact->type, attribute) &&
           (!value || g_str_equal(fact->value, value)) &&
           (accepted < 0 || fact->accepted == accepted) &&
           (!from || (!fact->local && wl_key_equal(&fact->source, &from->public_key)));
}

gboolean
truth_holds(SimHost *host, const SimHost *about, const char *attribute, const char *value,
            int accepted, const SimHost *from)
{
    g_autoptr(GPtrArray) facts = NULL;

    if (!host->engine)
        return FALSE;
    facts = wl_engine_dup_facts(host->engine);
    for (guint i = 0; i < facts->len; i++) {
        if (is_fact(facts->pdata[i], about, attribute, value, accepted, from))
            return TRUE;
    }
    return FALSE;
}

gboolean
truth_holds_stale(SimHost *host, const SimHost *about, const char *attribute, const char *value)
{
    g_autoptr(GPtrArray) facts = NULL;
    gboolean kept = FALSE;

    if (!host->engine)
        return FALSE;
    facts = wl_engine_dup_facts(host->engine);
    for (guint i = 0; i < facts->len; i++) {
        const WlFactView *fact = facts->pdata[i];

        if (!is_fact(fact, about, attribute, value, TRUE, NULL))
            continue;
        if (!fact->stale)
            return FALSE;
        kept = TRUE;
    }
    return kept;
}

gboolean
truth_has_route(SimHost *host, const WlPrefix *prefix)
{
    g_autoptr(GArray) routes = NULL;

    if (!host->engine)
        return FALSE;
    routes = wl_engine_dup_routes(host->engine);
    for (guint i = 0; i < routes->len; i++) {
        if (wl_prefix_equal(&g_array_index(routes, WlPrefix, i), prefix))
            return TRUE;
    }
    return FALSE;
}

/* ---- descriptions */

static const char *
name_of(const SimHost *host, const WlKey *key)
{
    const SimHost *found = key ? sim_world_find_key(host->world, key) : NULL;

    return found ? found->name : "no peer";
}

void
truth_describe(SimHost *a, SimHost *b, GString *text)
{
    WlEndpoint endpoint = {0};
    SimPeerStatus status;
    guint i = 0;
    WlIp ip;

    g_string_append_printf(text, "    %s (%s) -> %s: ", a->name, sim_kind_to_string(a->kind),
                           b->name);
    if (!a->device) {
        g_string_append(text, "not running\n");
        return;
    }
    if (a->asleep)
        g_string_append(text, "asleep; ");
    if (!sim_member_is_running(a))
        g_string_append(text, "no member; ");
    else if (!sim_member_get_peer(a, b, &status))
        g_string_append(text, "no such peer; ");
    else
        g_string_append_printf(text, "%s, %s%s; ", wl_peer_state_to_string(status.state),
                               status.reason ? status.reason : "no reason given",
                               status.alive ? "" : " (not alive)");
    sim_device_set_time(a->device, a->world->now, a->wall_offset);
    if (sim_device_get_endpoint(a->device, &b->public_key, &endpoint)) {
        g_autofree char *at = wl_endpoint_to_string(&endpoint);
        g_string_append_printf(text, "endpoint %s, ", at);
    } else {
        g_string_append(text, "no endpoint, ");
    }
    g_string_append(text,
                    sim_device_has_session(a->device, &b->public_key) ? "session" : "no session");
    while (next_address(a, b, &i, &ip)) {
        g_autofree char *to = wl_ip_to_string(&ip);
        g_string_append_printf(text, ", packets for %s go to %s", to,
                               name_of(a, sim_device_find_owner(a->device, &ip)));
    }
    g_string_append_c(text, '\n');
}

void
truth_describe_facts(SimHost *host, SimHost *about, GString *text)
{
    g_autoptr(GPtrArray) facts = NULL;

    if (!host->engine)
        return;
    facts = wl_engine_dup_facts(host->engine);
    for (guint i = 0; i < facts->len; i++) {
        const WlFactView *fact = facts->pdata[i];
        if (wl_key_equal(&fact->subject, &about->public_key))
            g_string_append_printf(text, "    %s holds %s %s of %s from %s: %s\n", host->name,
                                   fact->type, fact->value, about->name,
                                   fact->local ? "itself" : name_of(host, &fact->source),
                                   fact->reason->text);
    }
}

void
truth_describe_host(SimHost *host, GString *text)
{
    g_string_append_printf(text, "    %s (%s): %s\n", host->name, sim_kind_to_string(host->kind),
                           !sim_member_is_running(host) ? "does not run"
                           : sim_member_is_router(host) ? "router"
                                                        : "leaf");
}
