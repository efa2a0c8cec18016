/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario/run.h"

#include <string.h>

/* ---- names */

SimHost *
scenario_take_host(Run *run, ScenarioLine *line, GError **error)
{
    const char *right = "a host; \"host NAME on NETWORK ADDRESS\" before this line makes one";
    const char *word = scenario_line_take(line, right, error);
    SimHost *host = word ? sim_world_find_host(run->world, word) : NULL;

    if (word && !host)
        scenario_line_fail(line, word, right, error);
    return host;
}

SimNet *
scenario_take_net(Run *run, ScenarioLine *line, GError **error)
{
    const char *right = "a network; \"network NAME\" before this line makes one";
    const char *word = scenario_line_take(line, right, error);
    SimNet *net = word ? sim_world_find_net(run->world, word) : NULL;

    if (word && !net)
        scenario_line_fail(line, word, right, error);
    return net;
}

static const char *
take_new_name(Run *run, ScenarioLine *line, GError **error)
{
    const char *right = "a new name of letters, digits, - and _";
    const char *word = scenario_line_take(line, right, error);

    if (!word)
        return NULL;
    if (!g_ascii_isalpha(*word) ||
        strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") !=
            strlen(word) ||
        sim_world_find_host(run->world, word) || sim_world_find_net(run->world, word) ||
        sim_world_find_nat(run->world, word)) {
        scenario_line_fail(line, word, right, error);
        return NULL;
    }
    return word;
}

/* ---- networks */

gboolean
scenario_network_option(ScenarioLine *line, SimNet *net, gboolean *taken, GError **error)
{
    *taken = TRUE;
    if (scenario_line_take_if(line, "delay"))
        return scenario_line_take_duration(line, &net->delay, error);
    if (scenario_line_take_if(line, "jitter"))
        return scenario_line_take_duration(line, &net->jitter, error);
    if (scenario_line_take_if(line, "loss"))
        return scenario_line_take_percent(line, &net->loss, error);
    if (scenario_line_take_if(line, "duplicate"))
        return scenario_line_take_percent(line, &net->duplicate, error);
    if (scenario_line_take_if(line, "reorder"))
        return scenario_line_take_percent(line, &net->reorder, error);
    *taken = FALSE;
    return TRUE;
}

static gboolean
declare_network(Run *run, ScenarioLine *line, GError **error)
{
    const char *name = take_new_name(run, line, error);
    gboolean taken = TRUE;
    SimNet *net;

    if (!name)
        return FALSE;
    net = sim_net_new(run->world, name);
    net->delay = SIM_MSEC(1);
    while (taken && scenario_line_peek(line)) {
        if (!scenario_network_option(line, net, &taken, error))
            return FALSE;
    }
    return taken || scenario_line_fail(line, scenario_line_peek(line),
                                       "delay, jitter, loss, duplicate or reorder", error);
}

static gboolean
take_nat_kind(ScenarioLine *line, SimNatKind *kind)
{
    static const char *const names[] = {"full-cone", "address-restricted", "port-restricted",
                                        "symmetric"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (scenario_line_take_if(line, names[i])) {
            *kind = i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean
set_addresses(ScenarioLine *line, SimPort *port, GError **error)
{
    g_autoptr(GArray) addresses = scenario_line_take_prefixes(line, 1, error);

    if (!addresses)
        return FALSE;
    sim_port_set_addresses(port, (WlPrefix *) addresses->data, addresses->len);
    return TRUE;
}

/* nat NAME on NETWORK ADDRESS lan NETWORK ADDRESS... KIND [OPTION...] */
static gboolean
declare_nat(Run *run, ScenarioLine *line, GError **error)
{
    const char *name = take_new_name(run, line, error);
    SimNet *outside, *inside;
    SimNat *nat;

    if (!name)
        return FALSE;
    nat = sim_nat_new(run->world, name, SIM_NAT_PORT_RESTRICTED);
    if (!scenario_line_take_word(line, "on", error) ||
        !(outside = scenario_take_net(run, line, error)) ||
        !set_addresses(line, &nat->outside, error) ||
        !scenario_line_take_word(line, "lan", error) ||
        !(inside = scenario_take_net(run, line, error)) ||
        !set_addresses(line, &nat->inside, error))
        return FALSE;
    while (scenario_line_peek(line)) {
        if (take_nat_kind(line, &nat->kind))
            continue;
        if (scenario_line_take_if(line, "hairpin")) {
            nat->hairpin = TRUE;
        } else if (scenario_line_take_if(line, "timeout")) {
            if (!scenario_line_take_duration(line, &nat->timeout_replied, error))
                return FALSE;
            nat->timeout_unreplied = MIN(nat->timeout_unreplied, nat->timeout_replied);
        } else if (scenario_line_take_if(line, "delay")) {
            if (!scenario_line_take_duration(line, &nat->outside.delay, error))
                return FALSE;
        } else {
            return scenario_line_fail(line, scenario_line_peek(line),
                                      "full-cone, address-restricted, port-restricted, symmetric, "
                                      "hairpin, timeout or delay",
                                      error);
        }
    }
    sim_nat_attach(nat, outside, inside);
    return TRUE;
}

static gboolean
declare_name(Run *run, ScenarioLine *line, GError **error)
{
    const char *name = scenario_line_take(line, "a DNS name", error);
    GArray *ips;

    if (!name)
        return FALSE;
    ips = g_array_new(FALSE, TRUE, sizeof(WlIp));
    g_hash_table_replace(run->world->names, g_strdup(name), ips);
    while (scenario_line_peek(line)) {
        WlIp ip;
        if (!scenario_line_take_ip(line, &ip, error))
            return FALSE;
        g_array_append_val(ips, ip);
    }
    return TRUE;
}

/* ---- hosts */

static void
apply_mixture(const Run *run, SimHost *host, gboolean router)
{
    gboolean is_go = run->mixture == MIXTURE_GO || (run->mixture == MIXTURE_GO_HUB && router) ||
                     (run->mixture == MIXTURE_GO_LEAVES && !router);

    host->kind = is_go ? SIM_KIND_GO : SIM_KIND_NATIVE;
}

static gboolean
take_attachment(Run *run, SimHost *host, ScenarioLine *line, GError **error)
{
    SimNet *net = scenario_take_net(run, line, error);
    g_autofree char *name = g_strdup_printf("eth%u", host->ports->len);
    SimPort *port;

    if (!net)
        return FALSE;
    port = sim_host_add_port(host, name);
    if (!set_addresses(line, port, error))
        return FALSE;
    sim_port_attach(port, net);
    return TRUE;
}

static gboolean
take_into(ScenarioLine *line, GArray *list, GError **error)
{
    g_autoptr(GArray) prefixes = scenario_line_take_prefixes(line, 1, error);

    if (!prefixes)
        return FALSE;
    g_array_append_vals(list, prefixes->data, prefixes->len);
    return TRUE;
}

static gboolean
take_key(ScenarioLine *line, SimHost *host, GError **error)
{
    const char *right = "a public key in base64, of which nobody needs the private one";
    const char *word = scenario_line_take(line, right, error);
    WlKey key;

    if (!word)
        return FALSE;
    if (!wl_key_parse(word, &key))
        return scenario_line_fail(line, word, right, error);
    sim_host_set_public_key(host, &key);
    return TRUE;
}

static gboolean
take_host_option(Run *run, SimHost *host, ScenarioLine *line, gboolean *router, int *kind,
                 GError **error)
{
    guint64 number;

    if (scenario_line_take_if(line, "on"))
        return take_attachment(run, host, line, error);
    if (scenario_line_take_if(line, "tunnel"))
        return take_into(line, host->config->addresses, error);
    if (scenario_line_take_if(line, "serves"))
        return take_into(line, host->served, error);
    if (scenario_line_take_if(line, "key"))
        return take_key(line, host, error);
    if (scenario_line_take_if(line, "router")) {
        *router = host->forwards = TRUE;
        host->config->role = WL_ROLE_ROUTER;
    } else if (scenario_line_take_if(line, "leaf")) {
        host->config->role = WL_ROLE_LEAF;
    } else if (scenario_line_take_if(line, "native")) {
        *kind = SIM_KIND_NATIVE;
    } else if (scenario_line_take_if(line, "go")) {
        *kind = SIM_KIND_GO;
    } else if (scenario_line_take_if(line, "basic")) {
        *kind = SIM_KIND_BASIC;
    } else if (scenario_line_take_if(line, "forwards")) {
        host->forwards = TRUE;
    } else if (scenario_line_take_if(line, "silent")) {
        host->silent = TRUE;
    } else if (scenario_line_take_if(line, "chatty")) {
        host->config->chatty = TRUE;
    } else if (scenario_line_take_if(line, "port")) {
        if (!scenario_line_take_number(line, G_MAXUINT16, &number, error))
            return FALSE;
        host->listen_port = (guint16) number;
    } else if (scenario_line_take_if(line, "delay")) {
        if (host->ports->len == 0)
            return scenario_line_fail(line, "delay", "\"on NETWORK ADDRESS\" before it", error);
        return scenario_line_take_duration(
            line, &((SimPort *) host->ports->pdata[host->ports->len - 1])->delay, error);
    } else {
        return scenario_line_fail(line, scenario_line_peek(line),
                                  "on, tunnel, key, router, leaf, native, go, basic, port, chatty, "
                                  "forwards, serves, silent or delay",
                                  error);
    }
    return TRUE;
}

static gboolean
declare_host(Run *run, ScenarioLine *line, GError **error)
{
    const char *name = take_new_name(run, line, error);
    gboolean router = FALSE;
    int kind = -1;
    SimHost *host;

    if (!name)
        return FALSE;
    host = sim_host_new(run->world, name);
    host->config->role = WL_ROLE_LEAF;
    while (scenario_line_peek(line)) {
        if (!take_host_option(run, host, line, &router, &kind, error))
            return FALSE;
    }
    if (kind >= 0)
        host->kind = (SimKind) kind;
    else
        apply_mixture(run, host, router);
    return TRUE;
}

/* ---- profiles */

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
        return take_into(line, config->allowed_ips, error);
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

static gboolean
declare_profile(Run *run, ScenarioLine *line, GError **error)
{
    SimHost *host = scenario_take_host(run, line, error);

    if (!host)
        return FALSE;
    run->profile = host;
    while (scenario_line_peek(line)) {
        if (scenario_line_take_if(line, "networks")) {
            if (!take_into(line, host->config->networks, error))
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
static gboolean
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
            /* The device of a Go daemon's leaf is given the hub only. */
            g_ptr_array_add(leaf->absent, other);
        }
    }
    return scenario_line_is_over(line, error);
}

/* ---- the head of the file */

static gboolean
declare_mixtures(Run *run, ScenarioLine *line, GError **error)
{
    const char *right = "native, go-hub, go-leaves or go";

    do {
        const char *word = scenario_line_take(line, right, error);
        Mixture mixture;

        if (!word)
            return FALSE;
        if (!mixture_parse(word, &mixture))
            return scenario_line_fail(line, word, right, error);
        run->mixtures |= (guint8) (1 << mixture);
    } while (scenario_line_peek(line));
    return TRUE;
}

gboolean
scenario_declare(Run *run, ScenarioLine *line, gboolean *known, GError **error)
{
    guint64 number;

    *known = TRUE;
    if (scenario_line_take_if(line, "title") || scenario_line_take_if(line, "include"))
        return TRUE;
    if (scenario_line_take_if(line, "covers")) /* for rule-table */
        return scenario_line_take(line, "a rule of the file \"rules\"", error) != NULL;
    if (scenario_line_take_if(line, "mixtures"))
        return declare_mixtures(run, line, error);
    if (scenario_line_take_if(line, "seeds")) {
        if (!scenario_line_take_number(line, 1000, &number, error))
            return FALSE;
        if (number == 0)
            return scenario_line_fail(line, line->words[line->at - 1], "1 or more", error);
        run->seeds = (guint) number;
        return scenario_line_is_over(line, error);
    }
    if (scenario_line_take_if(line, "network"))
        return declare_network(run, line, error);
    if (scenario_line_take_if(line, "nat"))
        return declare_nat(run, line, error);
    if (scenario_line_take_if(line, "dns"))
        return declare_name(run, line, error);
    if (scenario_line_take_if(line, "host"))
        return declare_host(run, line, error);
    if (scenario_line_take_if(line, "star"))
        return declare_star(run, line, error);
    if (scenario_line_take_if(line, "profile"))
        return declare_profile(run, line, error);
    if (scenario_line_take_if(line, "peer")) {
        if (!run->profile)
            return scenario_line_fail(line, "peer", "\"profile HOST\" before it", error);
        return scenario_declare_peer(run, run->profile, line, error);
    }
    *known = FALSE;
    return TRUE;
}
