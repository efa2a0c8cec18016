/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Declarations of hosts.
 */
#include "scenario/declare-private.h"

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
    if (!declare_take_addresses(line, port, error))
        return FALSE;
    sim_port_attach(port, net);
    return TRUE;
}

gboolean
declare_take_prefixes(ScenarioLine *line, GArray *list, GError **error)
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
    const char *right = "a public key in base64";
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
        return declare_take_prefixes(line, host->config->addresses, error);
    if (scenario_line_take_if(line, "serves"))
        return declare_take_prefixes(line, host->served, error);
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
    } else if (scenario_line_take_if(line, "route-before-address")) {
        return scenario_line_take_duration(line, &host->address_delay, error);
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
                                  "forwards, serves, silent, route-before-address or delay",
                                  error);
    }
    return TRUE;
}

gboolean
declare_host(Run *run, ScenarioLine *line, GError **error)
{
    const char *name = declare_take_new_name(run, line, error);
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
