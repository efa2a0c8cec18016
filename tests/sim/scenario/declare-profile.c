/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Declarations of profiles: peer by peer, or those of the usual network at once.
 */
#include "scenario/declare-private.h"

#include <string.h>

static WlPeerConfig *
find_peer(SimHost *host, const SimHost *peer)
{
    for (guint i = 0; i < host->config->peers->len; i++) {
        WlPeerConfig *config = host->config->peers->pdata[i];
        if (wl_key_equal(&config->public_key, &peer->public_key))
            return config;
    }
    return NULL;
}

static WlPeerConfig *
add_peer(SimHost *host, const SimHost *peer)
{
    WlPeerConfig *config = wl_peer_config_new(&peer->public_key);

    config->name = g_strdup(peer->name);
    g_ptr_array_add(host->config->peers, config);
    return config;
}

static gboolean
take_endpoints(ScenarioLine *line, WlPeerConfig *peer, GError **error)
{
    const char *right = "an address or name with its port, like 192.0.2.1:51820";

    do {
        const char *word = scenario_line_take(line, right, error);
        if (!word)
            return FALSE;
        if (!strchr(word, ':'))
            return scenario_line_fail(line, word, right, error);
        g_ptr_array_add(peer->endpoints, g_strdup(word));
    } while (scenario_line_peek(line) && strchr(scenario_line_peek(line), ':'));
    return TRUE;
}

static gboolean
take_peer_option(SimHost *host, SimHost *peer, WlPeerConfig *config, ScenarioLine *line,
                 GError **error)
{
    guint64 number;

    if (scenario_line_take_if(line, "endpoint"))
        return take_endpoints(line, config, error);
    if (scenario_line_take_if(line, "allowed-ips"))
        return declare_take_prefixes(line, config->allowed_ips, error);
    if (scenario_line_take_if(line, "trust"))
        return scenario_line_take_trust(line, FALSE, &config->trust, error);
    if (scenario_line_take_if(line, "keepalive")) {
        if (!scenario_line_take_number(line, G_MAXUINT16, &number, error))
            return FALSE;
        config->keepalive = (guint16) number;
    } else if (scenario_line_take_if(line, "basic")) {
        config->basic = TRUE;
    } else if (scenario_line_take_if(line, "fact-exchanger")) {
        config->fact_exchanger = TRUE;
    } else if (scenario_line_take_if(line, "absent")) {
        g_ptr_array_add(host->absent, peer);
    } else if (scenario_line_take_if(line, "unnamed")) {
        g_clear_pointer(&config->name, g_free);
    } else {
        return scenario_line_fail(line, scenario_line_peek(line),
                                  "endpoint, allowed-ips, trust, keepalive, basic, fact-exchanger, "
                                  "absent or unnamed",
                                  error);
    }
    return TRUE;
}

gboolean
scenario_declare_peer(Run *run, SimHost *host, ScenarioLine *line, GError **error)
{
    SimHost *peer = scenario_take_host(run, line, error);
    WlPeerConfig *config;

    if (!peer)
        return FALSE;
    config = find_peer(host, peer);
    if (!config)
        config = add_peer(host, peer);
    while (scenario_line_peek(line)) {
        if (!take_peer_option(host, peer, config, line, error))
            return FALSE;
    }
    return TRUE;
}

gboolean
declare_profile(Run *run, ScenarioLine *line, GError **error)
{
    SimHost *host = scenario_take_host(run, line, error);

    if (!host)
        return FALSE;
    run->profile = host;
    while (scenario_line_peek(line)) {
        if (scenario_line_take_if(line, "networks")) {
            if (!declare_take_prefixes(line, host->config->networks, error))
                return FALSE;
        } else if (scenario_line_take_if(line, "automatic-role")) {
            host->config->role = WL_ROLE_AUTOMATIC;
        } else if (scenario_line_take_if(line, "unnamed")) {
            g_clear_pointer(&host->config->name, g_free);
        } else {
            return scenario_line_fail(line, scenario_line_peek(line),
                                      "networks, automatic-role or unnamed", error);
        }
    }
    return TRUE;
}

static void
give_host_addresses(WlPeerConfig *config, const SimHost *peer)
{
    for (guint i = 0; i < peer->config->addresses->len; i++) {
        WlPrefix prefix =
            wl_prefix_from_ip(&g_array_index(peer->config->addresses, WlPrefix, i).ip);
        g_array_append_val(config->allowed_ips, prefix);
    }
}

static void
give_subnets(WlPeerConfig *config, const SimHost *hub)
{
    for (guint i = 0; i < hub->config->addresses->len; i++) {
        WlPrefix prefix = wl_prefix_masked(&g_array_index(hub->config->addresses, WlPrefix, i));
        g_array_append_val(config->allowed_ips, prefix);
    }
}

/* star HUB ENDPOINT... [full-mesh]: the profiles of the usual network, for all hosts so far. */
gboolean
declare_star(Run *run, ScenarioLine *line, GError **error)
{
    SimHost *hub = scenario_take_host(run, line, error);
    g_autoptr(WlPeerConfig) endpoints = NULL;
    gboolean full_mesh;

    if (!hub)
        return FALSE;
    endpoints = wl_peer_config_new(&hub->public_key);
    if (!take_endpoints(line, endpoints, error))
        return FALSE;
    full_mesh = scenario_line_take_if(line, "full-mesh");
    for (guint i = 0; i < run->world->hosts->len; i++) {
        SimHost *leaf = run->world->hosts->pdata[i];
        WlPeerConfig *config;

        if (leaf == hub)
            continue;
        config = add_peer(hub, leaf);
        give_host_addresses(config, leaf);
        config->basic = leaf->kind == SIM_KIND_BASIC;
        config = add_peer(leaf, hub);
        give_subnets(config, hub);
        for (guint j = 0; j < endpoints->endpoints->len; j++)
            g_ptr_array_add(config->endpoints, g_strdup(endpoints->endpoints->pdata[j]));
        for (guint j = 0; full_mesh && j < run->world->hosts->len; j++) {
            SimHost *other = run->world->hosts->pdata[j];
            if (other == hub || other == leaf || other->kind == SIM_KIND_BASIC)
                continue;
            give_host_addresses(add_peer(leaf, other), other);
            /* The device of a Go leaf has the hub only. */
            g_ptr_array_add(leaf->absent, other);
        }
    }
    return scenario_line_is_over(line, error);
}
