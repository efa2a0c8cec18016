/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events of networks, interfaces and NATs, and events that isolate hosts.
 */
#include "scenario/event-private.h"

#include <string.h>

static void
run_attach(Run *run, Event *event)
{
    SimPort *port = sim_host_find_port(event->a, event->text);

    if (!port)
        port = sim_host_add_port(event->a, event->text);
    sim_host_attach(event->a, port, event->net, (WlPrefix *) event->prefixes->data,
                    event->prefixes->len);
}

static gboolean
parse_port(Run *run, ScenarioLine *line, Event *event)
{
    const char *word = scenario_line_peek(line);

    if (word && g_ascii_isdigit(word[strlen(word) - 1]) && !sim_world_find_net(run->world, word) &&
        !strchr(word, '/')) {
        event->text = g_strdup(word);
        line->at++;
        return TRUE;
    }
    event->text = g_strdup("eth0");
    return FALSE;
}

/* attach HOST [ethN] NETWORK ADDRESS... */
static gboolean
parse_attach(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    if (!(event->a = scenario_take_host(run, line, error)))
        return FALSE;
    parse_port(run, line, event);
    return (event->net = scenario_take_net(run, line, error)) &&
           (event->prefixes = scenario_line_take_prefixes(line, 1, error));
}

static void
run_detach(Run *run, Event *event)
{
    for (guint i = 0; i < event->a->ports->len; i++) {
        SimPort *port = event->a->ports->pdata[i];
        if (!event->flag || g_str_equal(port->name, event->text))
            sim_host_attach(event->a, port, NULL, NULL, 0);
    }
    sim_world_trace(run->world, event->a->name, "is detached");
}

/* detach HOST [ethN] */
static gboolean
parse_detach(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    if (!(event->a = scenario_take_host(run, line, error)))
        return FALSE;
    event->flag = parse_port(run, line, event);
    return TRUE;
}

static void
run_network(Run *run, Event *event)
{
    gboolean taken = TRUE;

    event->line->at = event->at;
    while (taken && scenario_line_peek(event->line)) {
        if (scenario_line_take_if(event->line, "down"))
            event->net->down = TRUE;
        else if (scenario_line_take_if(event->line, "up"))
            event->net->down = FALSE;
        else
            scenario_network_option(event->line, event->net, &taken, NULL);
    }
}

/* network NETWORK down|up|delay D|...; read once for its errors, and again when the event runs */
static gboolean
parse_network(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    SimNet scratch = {0};
    gboolean taken = TRUE;

    if (!(event->net = scenario_take_net(run, line, error)))
        return FALSE;
    event->at = line->at;
    while (taken && scenario_line_peek(line)) {
        if (scenario_line_take_if(line, "down") || scenario_line_take_if(line, "up"))
            continue;
        if (!scenario_network_option(line, &scratch, &taken, error))
            return FALSE;
    }
    if (line->at == event->at)
        return scenario_line_fail(line, scenario_line_peek(line),
                                  "down, up, delay, jitter, loss, duplicate or reorder", error);
    return TRUE;
}

static void
run_nat_forget(Run *run, Event *event)
{
    sim_nat_forget(event->nat);
}

static void
run_nat_address(Run *run, Event *event)
{
    sim_nat_forget(event->nat);
    sim_port_set_addresses(&event->nat->outside, (WlPrefix *) event->prefixes->data,
                           event->prefixes->len);
}

/* nat NAT flush | nat NAT address ADDRESS... */
static gboolean
parse_nat(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    const char *right = "a NAT; \"nat NAME on NETWORK ADDRESS lan NETWORK ADDRESS\" makes one";
    const char *word = scenario_line_take(line, right, error);

    if (!word)
        return FALSE;
    event->nat = sim_world_find_nat(run->world, word);
    if (!event->nat)
        return scenario_line_fail(line, word, right, error);
    event->unnoticed = TRUE;
    event->run = run_nat_forget;
    if (scenario_line_take_if(line, "flush"))
        return TRUE;
    event->run = run_nat_address;
    return scenario_line_take_word(line, "address", error) &&
           (event->prefixes = scenario_line_take_prefixes(line, 1, error));
}

static void
set_cut(Run *run, Event *event, gboolean cut)
{
    for (guint i = 0; i < run->world->hosts->len; i++) {
        SimHost *other = run->world->hosts->pdata[i];

        if (other == event->a || (event->b && event->b != other))
            continue;
        sim_world_cut(run->world, event->a, other, cut);
        if (!event->flag)
            sim_world_cut(run->world, other, event->a, cut);
    }
}

static void
run_cut(Run *run, Event *event)
{
    set_cut(run, event, TRUE);
}

static void
run_mend(Run *run, Event *event)
{
    set_cut(run, event, FALSE);
}

/* mend A B | mend A -> B | mend A all */
static gboolean
parse_mend(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    if (!(event->a = scenario_take_host(run, line, error)))
        return FALSE;
    event->flag = scenario_line_take_if(line, "->");
    return scenario_line_take_if(line, "all") ||
           (event->b = scenario_take_host(run, line, error)) != NULL;
}

/* cut A B | cut A -> B | cut A all */
static gboolean
parse_cut(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    event->unnoticed = TRUE;
    return parse_mend(run, line, event, error);
}

static void
run_refuse_sends(Run *run, Event *event)
{
    if (event->flag)
        g_hash_table_add(event->a->refused_sends, event->b);
    else
        g_hash_table_remove(event->a->refused_sends, event->b);
}

static gboolean
parse_refuse_sends(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    event->flag = TRUE;
    return (event->a = scenario_take_host(run, line, error)) &&
           (event->b = scenario_take_host(run, line, error));
}

static gboolean
parse_allow_sends(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    return (event->a = scenario_take_host(run, line, error)) &&
           (event->b = scenario_take_host(run, line, error));
}

const EventKind event_network_kinds[] = {
    {"attach", parse_attach, run_attach},
    {"detach", parse_detach, run_detach},
    {"network", parse_network, run_network},
    {"nat", parse_nat, NULL},
    {"cut", parse_cut, run_cut},
    {"mend", parse_mend, run_mend},
    {"refuse-sends", parse_refuse_sends, run_refuse_sends},
    {"allow-sends", parse_allow_sends, run_refuse_sends},
    {NULL},
};
