/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "oracle/oracle.h"
#include "scenario/run.h"
#include "scenario/advertise.h"
#include "world/member.h"

#define PING_LIMIT SIM_SEC(1)

typedef void (*EventFunc)(Run *run, Event *event);

/** What happens, with whatever it needs. */
struct _Event {
    EventFunc run;
    GPtrArray *hosts; /* of SimHost, not owned */
    SimHost *a, *b;
    SimNet *net;
    SimNat *nat;
    SimStream *stream;
    char *text;
    GArray *prefixes; /* of WlPrefix */
    WlEndpoint endpoint;
    WlIp ip;
    gint64 duration;
    guint64 number;
    gboolean flag;
    Advertisement *advertisement;
    ScenarioLine *line; /* words that are read when it happens; not owned */
    guint at;
    SimTimer timer; /* of a ping's answer */
    Run *owner;
    guint64 ping;
};

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

/* ---- members */

static void
run_start(Run *run, Event *event)
{
    for (guint i = 0; i < event->hosts->len; i++) {
        SimHost *host = event->hosts->pdata[i];
        g_autoptr(GError) error = NULL;

        if (!sim_member_is_running(host) && !sim_host_start(host, &error))
            run_fail(run, event->line, "%s does not start: %s", host->name, error->message);
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
DEFINE_FOR_EACH(run_off, sim_host_power_off)
DEFINE_FOR_EACH(run_sleep, sim_host_sleep)
DEFINE_FOR_EACH(run_wake, sim_host_wake)
DEFINE_FOR_EACH(run_lose_link, sim_host_lose_link)
DEFINE_FOR_EACH(run_wipe, wipe)
DEFINE_FOR_EACH(run_refresh, refresh)
DEFINE_FOR_EACH(run_online, go_online)
DEFINE_FOR_EACH(run_portal, enter_portal)

static gboolean
parse_hosts(Run *run, ScenarioLine *line, Event *event, GError **error)
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
run_forget(Run *run, Event *event)
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
parse_forget(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    return (event->a = scenario_take_host(run, line, error)) &&
           (event->b = scenario_take_host(run, line, error)) &&
           scenario_line_take_endpoint(line, &event->endpoint, error);
}

/* ---- networks */

static void
run_attach(Run *run, Event *event)
{
    SimPort *port = sim_host_find_port(event->a, event->text);

    if (!port)
        port = sim_host_add_port(event->a, event->text);
    sim_port_attach(port, NULL);
    sim_port_set_addresses(port, (WlPrefix *) event->prefixes->data, event->prefixes->len);
    sim_port_attach(port, event->net);
    port->up = TRUE;
    sim_world_trace(run->world, event->a->name, "is attached to %s", event->net->name);
    sim_host_network_changed(event->a);
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
            sim_port_attach(port, NULL);
    }
    sim_world_trace(run->world, event->a->name, "is detached");
    sim_host_network_changed(event->a);
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

/* network NETWORK down|up|delay D|...; read once to check, and again when it happens */
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

/* cut A B | cut A -> B | cut A all */
static gboolean
parse_cut(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    if (!(event->a = scenario_take_host(run, line, error)))
        return FALSE;
    event->flag = scenario_line_take_if(line, "->");
    return scenario_line_take_if(line, "all") ||
           (event->b = scenario_take_host(run, line, error)) != NULL;
}

static void
run_jam(Run *run, Event *event)
{
    if (event->flag)
        g_hash_table_add(event->a->jammed, event->b);
    else
        g_hash_table_remove(event->a->jammed, event->b);
}

static gboolean
parse_jam(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    event->flag = TRUE;
    return (event->a = scenario_take_host(run, line, error)) &&
           (event->b = scenario_take_host(run, line, error));
}

static gboolean
parse_unjam(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    return (event->a = scenario_take_host(run, line, error)) &&
           (event->b = scenario_take_host(run, line, error));
}

/* ---- traffic */

/* The address of @peer in the tunnel: a family, a literal one, or else the first. */
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
run_end(Run *run, Event *event)
{
    sim_stream_stop(event->stream);
}

static gboolean
parse_end(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    const char *right = "a stream that a line before this one begins";
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
        run_fail(event->owner, event->line, "it was answered");
    else if (!event->flag && ping->answered < 0)
        run_fail(event->owner, event->line, "no answer");
    else if (!event->flag && event->number != G_MAXUINT64 && ping->forwards != event->number)
        run_fail(event->owner, event->line, "it went through %u hosts, there and back",
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

/* ---- the device and the profile, by hand */

static void
run_device(Run *run, Event *event)
{
    WlPeerChange *change;

    if (!event->a->device)
        return;
    change =
        wl_peer_change_new(event->flag ? WL_PEER_REMOVE : WL_PEER_UPDATE, &event->b->public_key);
    if (!event->flag) {
        if (!sim_device_has_peer(event->a->device, &event->b->public_key))
            change->kind = WL_PEER_ADD;
        change->endpoint = event->endpoint;
        change->replace_allowed_ips = event->prefixes != NULL;
        if (event->prefixes)
            g_array_append_vals(change->allowed_ips, event->prefixes->data, event->prefixes->len);
    }
    sim_device_set_time(event->a->device, run->world->now, event->a->wall_offset);
    sim_device_change(event->a->device, change);
    wl_peer_change_free(change);
    sim_host_settle(event->a);
    run->world->dirty = TRUE;
}

/* device HOST remove PEER | device HOST set PEER [endpoint E] [allowed-ips P...] */
static gboolean
parse_device(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    if (!(event->a = scenario_take_host(run, line, error)))
        return FALSE;
    event->flag = scenario_line_take_if(line, "remove");
    if (!event->flag && !scenario_line_take_word(line, "set", error))
        return FALSE;
    if (!(event->b = scenario_take_host(run, line, error)))
        return FALSE;
    if (!event->flag && scenario_line_take_if(line, "endpoint") &&
        !scenario_line_take_endpoint(line, &event->endpoint, error))
        return FALSE;
    if (!event->flag && scenario_line_take_if(line, "allowed-ips") &&
        !(event->prefixes = scenario_line_take_prefixes(line, 0, error)))
        return FALSE;
    return TRUE;
}

static void
run_profile(Run *run, Event *event)
{
    GPtrArray *peers = event->a->config->peers;

    if (!event->flag) {
        event->line->at = event->at;
        scenario_declare_peer(run, event->a, event->line, NULL);
        return;
    }
    for (guint i = peers->len; i-- > 0;) {
        const WlPeerConfig *peer = peers->pdata[i];
        if (wl_key_equal(&peer->public_key, &event->b->public_key))
            g_ptr_array_remove_index(peers, i);
    }
}

/* profile HOST remove PEER | profile HOST peer PEER ...: read at the host's next start */
static gboolean
parse_profile(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    SimHost *host = scenario_take_host(run, line, error);

    event->a = host;
    if (!host)
        return FALSE;
    event->flag = scenario_line_take_if(line, "remove");
    if (event->flag)
        return (event->b = scenario_take_host(run, line, error)) != NULL;
    if (!scenario_line_take_word(line, "peer", error))
        return FALSE;
    event->at = line->at;
    if (!scenario_take_host(run, line, error))
        return FALSE;
    while (scenario_line_peek(line)) /* checked when it happens */
        line->at++;
    return TRUE;
}

static void
run_reload(Run *run, Event *event)
{
    for (guint i = 0; i < event->hosts->len; i++) {
        SimHost *host = event->hosts->pdata[i];
        g_autoptr(GError) error = NULL;

        if (host->engine &&
            !wl_engine_reload_profile(host->engine, sim_host_now(host), host->config, &error))
            run_fail(run, event->line, "%s: %s", host->name, error->message);
        sim_host_settle(host);
    }
}

static void
run_name(Run *run, Event *event)
{
    gboolean known;

    event->line->at = event->at;
    scenario_declare(run, event->line, &known, NULL);
}

/* dns NAME ADDRESS... */
static gboolean
parse_name(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    WlIp ip;

    event->at = line->at - 1;
    if (!scenario_line_take(line, "a DNS name", error))
        return FALSE;
    while (scenario_line_peek(line) && !g_str_equal(scenario_line_peek(line), "as")) {
        if (!scenario_line_take_ip(line, &ip, error))
            return FALSE;
    }
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

static void
run_mark(Run *run, Event *event)
{
}

static gboolean
parse_mark(Run *run, ScenarioLine *line, Event *event, GError **error)
{
    return TRUE;
}

/* ---- all of them */

static const struct {
    const char *word;
    gboolean (*parse)(Run *run, ScenarioLine *line, Event *event, GError **error);
    EventFunc run;
} events[] = {
    {"start", parse_hosts, run_start},
    {"stop", parse_hosts, run_stop},
    {"crash", parse_hosts, run_crash},
    {"power-off", parse_hosts, run_off},
    {"sleep", parse_hosts, run_sleep},
    {"wake", parse_hosts, run_wake},
    {"delete-link", parse_hosts, run_lose_link},
    {"wipe-state", parse_hosts, run_wipe},
    {"refresh", parse_hosts, run_refresh},
    {"captive-portal", parse_hosts, run_portal},
    {"online", parse_hosts, run_online},
    {"clock", parse_clock, run_clock},
    {"protected-hosts", parse_protected_hosts, run_protected_hosts},
    {"forget-endpoint", parse_forget, run_forget},
    {"attach", parse_attach, run_attach},
    {"detach", parse_detach, run_detach},
    {"network", parse_network, run_network},
    {"nat", parse_nat, NULL},
    {"cut", parse_cut, run_cut},
    {"mend", parse_cut, run_mend},
    {"refuse-sends", parse_jam, run_jam},
    {"allow-sends", parse_unjam, run_jam},
    {"stream", parse_stream, run_stream},
    {"end-stream", parse_end, run_end},
    {"ping", parse_ping, run_ping},
    {"device", parse_device, run_device},
    {"profile", parse_profile, run_profile},
    {"reload", parse_hosts, run_reload},
    {"dns", parse_name, run_name},
    {"advertise", parse_advertise, run_advertise},
    {"mark", parse_mark, run_mark},
};

Event *
scenario_event_new(Run *run, ScenarioLine *line, GError **error)
{
    const char *word = scenario_line_take(line, "an event", error);
    g_autoptr(GString) right = g_string_new("one of");
    Event *event;

    if (!word)
        return NULL;
    for (guint i = 0; i < G_N_ELEMENTS(events); i++) {
        g_string_append_printf(right, " %s", events[i].word);
        if (!g_str_equal(word, events[i].word))
            continue;
        event = g_new0(Event, 1);
        event->hosts = g_ptr_array_new();
        event->line = line;
        event->run = events[i].run;
        if (events[i].parse(run, line, event, error))
            return event;
        scenario_event_free(event);
        return NULL;
    }
    scenario_line_fail(line, word, right->str, error);
    return NULL;
}

/* Whom it concerns may need time again. */
static void
disturb(Run *run, const Event *event)
{
    if (event->stream || event->advertisement)
        return;
    if (event->nat || (event->net && !event->a)) {
        for (guint i = 0; i < run->world->hosts->len; i++)
            oracle_note_fault(run->oracle, run->world->hosts->pdata[i]);
    }
    for (guint i = 0; i < event->hosts->len; i++)
        oracle_note_fault(run->oracle, event->hosts->pdata[i]);
    if (event->a)
        oracle_note_fault(run->oracle, event->a);
    if (event->b)
        oracle_note_fault(run->oracle, event->b);
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
    if (run->oracle)
        disturb(run, event);
    event->run(run, event);
    run->world->dirty = TRUE;
}
