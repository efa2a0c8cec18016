/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events that send packets through the tunnel: streams, pings and facts.
 */
#include "scenario/event-private.h"

#define PING_LIMIT SIM_SEC(1)

/* The tunnel address of @peer: a literal address, one of a family, or the first. */
static gboolean
take_tunnel_address(ScenarioLine *line, const SimHost *peer, WlIp *ip, GError **error)
{
    WlFamily family = scenario_line_take_if(line, "ipv6") ? WL_FAMILY_V6 : WL_FAMILY_NONE;
    const GArray *addresses = peer->config->addresses;

    if (scenario_line_peek(line) && wl_ip_parse(scenario_line_peek(line), ip)) {
        line->at++;
        return TRUE;
    }
    for (guint i = 0; i < addresses->len; i++) {
        *ip = g_array_index(addresses, WlPrefix, i).ip;
        if (family == WL_FAMILY_NONE || ip->family == family)
            return TRUE;
    }
    return scenario_line_fail(line, peer->name, "a host with such a tunnel address", error);
}

SimStream *
scenario_find_stream(const Run *run, const char *name)
{
    for (guint i = 0; i < run->streams->len; i++) {
        SimStream *stream = run->streams->pdata[i];
        if (g_str_equal(stream->name, name))
            return stream;
    }
    return NULL;
}

static void
run_stream(Run *run, Event *event)
{
    sim_world_set_timer(run->world, &event->stream->timer, run->world->now);
}

/* stream NAME FROM TO [ipv6|ADDRESS] every D [size N] */
static gboolean
parse_stream(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    const char *name = scenario_line_take(line, "a name for the stream", error);
    guint64 size = 120;
    WlIp ip;

    if (!name)
        return FALSE;
    if (scenario_find_stream(run, name))
        return scenario_line_fail(line, name, "a name that no other stream has", error);
    if (!(event->a = scenario_take_host(run, line, error)) ||
        !(event->b = scenario_take_host(run, line, error)) ||
        !take_tunnel_address(line, event->b, &ip, error) ||
        !scenario_line_take_word(line, "every", error) ||
        !scenario_line_take_duration(line, &event->duration, error))
        return FALSE;
    if (event->duration < SIM_MSEC(1))
        return scenario_line_fail(line, line->words[line->at - 1], "1ms or more", error);
    if (scenario_line_take_if(line, "size") && !scenario_line_take_number(line, 1400, &size, error))
        return FALSE;
    event->stream = sim_stream_new(event->a, name, &ip, event->duration, size);
    sim_stream_stop(event->stream);
    g_ptr_array_add(run->streams, event->stream);
    return TRUE;
}

static void
run_end_stream(Run *run, Event *event)
{
    sim_stream_stop(event->stream);
}

static gboolean
parse_end_stream(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    const char *right = "a stream that an earlier line starts";
    const char *name = scenario_line_take(line, right, error);

    if (!name)
        return FALSE;
    event->stream = scenario_find_stream(run, name);
    return event->stream || scenario_line_fail(line, name, right, error);
}

static void
evaluate_ping(SimTimer *timer)
{
    Event *event = (Event *) ((guint8 *) timer - G_STRUCT_OFFSET(Event, timer));
    const SimPing *ping = sim_host_get_ping(event->a, event->ping);

    if (event->flag && ping->answered >= 0)
        run_fail(event->owner, event->line, "unexpected reply");
    else if (!event->flag && ping->answered < 0)
        run_fail(event->owner, event->line, "no reply");
    else if (!event->flag && event->number != G_MAXUINT64 && ping->forwards != event->number)
        run_fail(event->owner, event->line, "the path has %u hosts in between, there and back",
                 ping->forwards);
}

static void
run_ping(Run *run, Event *event)
{
    event->owner = run;
    event->timer.run = evaluate_ping;
    event->ping = sim_host_ping(event->a, &event->ip);
    sim_world_set_timer(run->world, &event->timer, run->world->now + event->duration);
}

/* ping FROM TO [ipv6|ADDRESS] [unanswered] [through N] [within D] */
static gboolean
parse_ping(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    if (!(event->a = scenario_take_host(run, line, error)) ||
        !(event->b = scenario_take_host(run, line, error)) ||
        !take_tunnel_address(line, event->b, &event->ip, error))
        return FALSE;
    event->flag = scenario_line_take_if(line, "unanswered");
    event->number = G_MAXUINT64;
    event->duration = PING_LIMIT;
    if (scenario_line_take_if(line, "through") &&
        !scenario_line_take_number(line, 100, &event->number, error))
        return FALSE;
    if (scenario_line_take_if(line, "within") &&
        !scenario_line_take_duration(line, &event->duration, error))
        return FALSE;
    return TRUE;
}

static void
run_advertise(Run *run, Event *event)
{
    advertisement_send(run, event->advertisement);
}

static gboolean
parse_advertise(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    event->advertisement = advertisement_new(run, line, error);
    return event->advertisement != NULL;
}

const EventKind event_traffic_kinds[] = {
    {"stream", parse_stream, run_stream},
    {"end-stream", parse_end_stream, run_end_stream},
    {"ping", parse_ping, run_ping},
    {"advertise", parse_advertise, run_advertise},
    {NULL},
};
