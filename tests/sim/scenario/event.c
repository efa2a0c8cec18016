/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The events of a scenario. Their kinds are in the files event-*.c.
 */
#include "scenario/event-private.h"

#include "oracle/oracle.h"
#include "oracle/record.h"

void
scenario_event_free(Event *event)
{
    if (!event)
        return;
    if (event->timer.wait.position > 0)
        sim_world_set_timer(event->owner->world, &event->timer, SIM_NEVER);
    g_ptr_array_unref(event->hosts);
    g_free(event->text);
    g_clear_pointer(&event->prefixes, g_array_unref);
    advertisement_free(event->advertisement);
    g_free(event);
}

static void
run_mark(Run *run, Event *event)
{
}

static gboolean
parse_mark(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    return TRUE;
}

static const EventKind mark_kinds[] = {
    {"mark", parse_mark, run_mark},
    {NULL},
};

static const EventKind *const all_kinds[] = {event_member_kinds,  event_network_kinds,
                                             event_traffic_kinds, event_config_kinds,
                                             event_lie_kinds,     mark_kinds};

/* NULL if there is no such event; then *words lists all. */
static const EventKind *
find_kind(const char *word, GString *words)
{
    for (guint i = 0; i < G_N_ELEMENTS(all_kinds); i++) {
        for (const EventKind *kind = all_kinds[i]; kind->word; kind++) {
            g_string_append_printf(words, " %s", kind->word);
            if (g_str_equal(word, kind->word))
                return kind;
        }
    }
    return NULL;
}

Event *
scenario_event_new(Run *run, ScenarioLine *line, GError **error)
{
    const char *word = scenario_line_take(line, "an event", error);
    g_autoptr(GString) right = g_string_new("one of");
    const EventKind *kind;
    Event *event;

    if (!word)
        return NULL;
    kind = find_kind(word, right);
    if (!kind) {
        scenario_line_fail(line, word, right->str, error);
        return NULL;
    }
    event = g_new0(Event, 1);
    event->hosts = g_ptr_array_new();
    event->line = line;
    event->run = kind->run;
    if (kind->parse(run, line, event, error))
        return event;
    scenario_event_free(event);
    return NULL;
}

static void
disturb_host(Run *run, const SimHost *host, gboolean unnoticed)
{
    if (run->oracle)
        oracle_note_fault(run->oracle, host);
    if (run->record)
        record_note_fault(run->record, host, unnoticed);
}

/* The affected hosts may need time to recover. */
static void
disturb(Run *run, const Event *event)
{
    if (event->stream || event->advertisement || event->liars)
        return;
    if (event->nat || (event->net && !event->a)) {
        for (guint i = 0; i < run->world->hosts->len; i++)
            disturb_host(run, run->world->hosts->pdata[i], event->unnoticed);
    }
    for (guint i = 0; i < event->hosts->len; i++)
        disturb_host(run, event->hosts->pdata[i], event->unnoticed);
    if (event->a)
        disturb_host(run, event->a, event->unnoticed);
    if (event->b)
        disturb_host(run, event->b, event->unnoticed);
}

gboolean
scenario_event_is_pending(const Event *event)
{
    return event->timer.wait.position > 0;
}

void
scenario_event_run(Run *run, Event *event, const ScenarioLine *line)
{
    sim_world_trace(run->world, NULL, "%s", line->text);
    disturb(run, event);
    event->run(run, event);
    run->world->dirty = TRUE;
}
