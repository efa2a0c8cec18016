/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Declarations of networks, NATs and DNS names.
 */
#include "scenario/declare-private.h"

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

gboolean
declare_network(Run *run, ScenarioLine *line, GError **error)
{
    const char *name = declare_take_new_name(run, line, error);
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

gboolean
declare_take_addresses(ScenarioLine *line, SimPort *port, GError **error)
{
    g_autoptr(GArray) addresses = scenario_line_take_prefixes(line, 1, error);

    if (!addresses)
        return FALSE;
    sim_port_set_addresses(port, (WlPrefix *) addresses->data, addresses->len);
    return TRUE;
}

/* nat NAME on NETWORK ADDRESS lan NETWORK ADDRESS... KIND [OPTION...] */
gboolean
declare_nat(Run *run, ScenarioLine *line, GError **error)
{
    const char *name = declare_take_new_name(run, line, error);
    SimNet *outside, *inside;
    SimNat *nat;

    if (!name)
        return FALSE;
    nat = sim_nat_new(run->world, name, SIM_NAT_PORT_RESTRICTED);
    if (!scenario_line_take_word(line, "on", error) ||
        !(outside = scenario_take_net(run, line, error)) ||
        !declare_take_addresses(line, &nat->outside, error) ||
        !scenario_line_take_word(line, "lan", error) ||
        !(inside = scenario_take_net(run, line, error)) ||
        !declare_take_addresses(line, &nat->inside, error))
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

gboolean
declare_dns(Run *run, ScenarioLine *line, GError **error)
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
