/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events of hostile members.
 */
#include "scenario/event-private.h"

#include "world/liar/liars.h"

static void
run_lie(Run *run, Event *event)
{
    if (!run->silent_liars)
        sim_liars_start(event->liars);
}

static gboolean
take_strategy(ScenarioLine *line, SimLiars *liars, GError **error)
{
    g_autofree char *names = g_strjoinv(" ", (GStrv) sim_liars_get_strategies());
    g_autofree char *right = g_strdup_printf("one of %s", names);
    const char *word = scenario_line_take(line, right, error);

    return word && (sim_liars_add(liars, word) || scenario_line_fail(line, word, right, error));
}

/* lie HOST… with STRATEGY… */
static gboolean
parse_lie(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    g_autoptr(GPtrArray) hosts = g_ptr_array_new();

    do {
        SimHost *host = scenario_take_host(run, line, error);
        if (!host)
            return FALSE;
        if (host->liar)
            return scenario_line_fail(line, host->name, "a host that is in no other group", error);
        g_ptr_array_add(hosts, host);
    } while (!scenario_line_take_if(line, "with"));
    event->liars = sim_liars_new(run->world, hosts, run->seed + run->liars->len);
    g_ptr_array_add(run->liars, event->liars);
    do {
        if (!take_strategy(line, event->liars, error))
            return FALSE;
    } while (scenario_line_peek(line) && !g_str_equal(scenario_line_peek(line), "as"));
    return TRUE;
}

const EventKind event_lie_kinds[] = {
    {"lie", parse_lie, run_lie},
    {NULL},
};
