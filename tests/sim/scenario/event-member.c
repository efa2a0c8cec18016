/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events of a member and its machine: start and end, sleep, the clock, reports of NetworkManager,
 * and D-Bus calls.
 */
#include "scenario/event-private.h"

#include "world/member.h"

static void
run_start(Run *run, Event *event)
{
    for (guint i = 0; i < event->hosts->len; i++) {
        SimHost *host = event->hosts->pdata[i];
        g_autoptr(GError) error = NULL;

        if (!sim_member_is_running(host) && !sim_host_start(host, &error))
            run_fail(run, event->line, "failed to start %s: %s", host->name, error->message);
    }
}

#define DEFINE_FOR_EACH(name, function)                                                            \
    static void name(Run *run, Event *event)                                                       \
    {                                                                                              \
        for (guint i = 0; i < event->hosts->len; i++)                                              \
            function(event->hosts->pdata[i]);                                                      \
    }

static void
wipe(SimHost *host)
{
    g_clear_pointer(&host->saved_state, g_free);
}

static void
refresh(SimHost *host)
{
    if (host->engine)
        wl_engine_refresh(host->engine, sim_host_now(host));
    sim_host_settle(host);
}

static void
go_online(SimHost *host)
{
    sim_host_set_connectivity(host, WL_CONNECTIVITY_FULL);
}

static void
enter_portal(SimHost *host)
{
    sim_host_set_connectivity(host, WL_CONNECTIVITY_PORTAL);
}

DEFINE_FOR_EACH(run_stop, sim_host_stop)
DEFINE_FOR_EACH(run_crash, sim_host_crash)
DEFINE_FOR_EACH(run_power_off, sim_host_power_off)
DEFINE_FOR_EACH(run_sleep, sim_host_sleep)
DEFINE_FOR_EACH(run_wake, sim_host_wake)
DEFINE_FOR_EACH(run_delete_link, sim_host_delete_link)
DEFINE_FOR_EACH(run_wipe_state, wipe)
DEFINE_FOR_EACH(run_refresh, refresh)
DEFINE_FOR_EACH(run_online, go_online)
DEFINE_FOR_EACH(run_captive_portal, enter_portal)

gboolean
event_parse_hosts(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    do {
        SimHost *host = scenario_take_host(run, line, error);
        if (!host)
            return FALSE;
        g_ptr_array_add(event->hosts, host);
    } while (scenario_line_peek(line) && !g_str_equal(scenario_line_peek(line), "as"));
    return TRUE;
}

static void
run_clock(Run *run, Event *event)
{
    event->a->wall_offset += event->flag ? -event->duration : event->duration;
    sim_host_settle(event->a);
}

/* clock HOST forward|back DURATION */
static gboolean
parse_clock(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    if (!(event->a = scenario_take_host(run, line, error)))
        return FALSE;
    event->flag = scenario_line_take_if(line, "back");
    if (!event->flag && !scenario_line_take_if(line, "forward"))
        return scenario_line_fail(line, scenario_line_peek(line), "forward or back", error);
    return scenario_line_take_duration(line, &event->duration, error);
}

static void
run_protected_hosts(Run *run, Event *event)
{
    g_autoptr(GArray) protected_hosts = g_array_new(FALSE, FALSE, sizeof(WlIp));

    for (guint i = 0; i < event->prefixes->len; i++)
        g_array_append_val(protected_hosts, g_array_index(event->prefixes, WlPrefix, i).ip);
    sim_host_set_protected_hosts(event->a, (WlIp *) protected_hosts->data, protected_hosts->len);
}

static gboolean
parse_protected_hosts(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    return (event->a = scenario_take_host(run, line, error)) &&
           (event->prefixes = scenario_line_take_prefixes(line, 0, error));
}

static void
run_forget_endpoint(Run *run, Event *event)
{
    g_autoptr(GError) error = NULL;

    if (event->a->engine &&
        !wl_engine_forget_endpoint(event->a->engine, sim_host_now(event->a), &event->b->public_key,
                                   &event->endpoint, &error))
        run_fail(run, event->line, "%s", error->message);
    sim_host_settle(event->a);
}

/* forget-endpoint HOST PEER ENDPOINT */
static gboolean
parse_forget_endpoint(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    return (event->a = scenario_take_host(run, line, error)) &&
           (event->b = scenario_take_host(run, line, error)) &&
           scenario_line_take_endpoint(line, &event->endpoint, error);
}

const EventKind event_member_kinds[] = {
    {"start", event_parse_hosts, run_start},
    {"stop", event_parse_hosts, run_stop},
    {"crash", event_parse_hosts, run_crash},
    {"power-off", event_parse_hosts, run_power_off},
    {"sleep", event_parse_hosts, run_sleep},
    {"wake", event_parse_hosts, run_wake},
    {"delete-link", event_parse_hosts, run_delete_link},
    {"wipe-state", event_parse_hosts, run_wipe_state},
    {"refresh", event_parse_hosts, run_refresh},
    {"captive-portal", event_parse_hosts, run_captive_portal},
    {"online", event_parse_hosts, run_online},
    {"clock", parse_clock, run_clock},
    {"protected-hosts", parse_protected_hosts, run_protected_hosts},
    {"forget-endpoint", parse_forget_endpoint, run_forget_endpoint},
    {NULL},
};
