/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Measures one hub with many leaves. CPU time is that of the engine alone.
 */
#include "scale.h"

#include <malloc.h>
#include <stdio.h>
#include <time.h>

#include "scenario/run.h"
#include "world/member.h"
#include "world/stream.h"
#include "world/truth.h"

#define NEIGHBORS 2 /* on either side */
#define GIVE_UP   SIM_SEC(3600)
#define STARTS    SIM_SEC(10)         /* all start within */
#define STEPS     10                  /* of a long run, each with a line of progress */
#define PAIRS     (2 * NEIGHBORS + 1) /* that a leaf keeps open */

/* The storm: how long the hub is away, how many direct pairs have traffic meanwhile, and how often
 * they send. */
#define STORM_OFF    SIM_SEC(30)
#define STORM_FLOWS  50
#define STORM_PERIOD SIM_MSEC(50)

static char *
make_text(guint hosts)
{
    GString *text = g_string_new("network internet delay 20ms\n"
                                 "host m0 on internet 203.0.113.1/24 tunnel 10.0.0.1/8 router\n");
    guint leaves = hosts - 1;

    for (guint i = 1; i < hosts; i++) {
        g_string_append_printf(text,
                               "network lan%u\n"
                               "nat nat%u on internet 100.%u.%u.%u/32 lan lan%u 192.168.1.1/24\n"
                               "host m%u on lan%u 192.168.1.2/24 tunnel 10.1.%u.%u/8\n",
                               i, i, 64 + (i >> 16), i >> 8 & 255, i & 255, i, i, i, i >> 8 & 255,
                               i & 255);
    }
    g_string_append(text, "profile m0\n");
    for (guint i = 1; i < hosts; i++)
        g_string_append_printf(text, "peer m%u allowed-ips 10.1.%u.%u/32\n", i, i >> 8 & 255,
                               i & 255);
    for (guint i = 1; i < hosts; i++) {
        /* With this trust a leaf accepts endpoints of known members and no new members. */
        g_string_append_printf(text,
                               "profile m%u\npeer m0 endpoint 203.0.113.1:51820 "
                               "allowed-ips 10.0.0.0/8 trust Endpoint\n",
                               i);
        for (guint j = 1; j <= NEIGHBORS && 2 * j <= leaves; j++) {
            guint before = (i - 1 + leaves - j) % leaves + 1, after = (i - 1 + j) % leaves + 1;
            g_string_append_printf(text, "peer m%u allowed-ips 10.1.%u.%u/32\n", after,
                                   after >> 8 & 255, after & 255);
            if (before != after)
                g_string_append_printf(text, "peer m%u allowed-ips 10.1.%u.%u/32\n", before,
                                       before >> 8 & 255, before & 255);
        }
    }
    g_string_append(text, "at 0s start m0\n");
    for (guint i = 1; i < hosts; i++)
        g_string_append_printf(text, "at %uus start m%u\n", (guint) (STARTS / hosts * i), i);
    return g_string_free(text, FALSE);
}

/* Prints results to stdout, for a table, and the progress of a long run to stderr. */
static void
print_progress(const Run *run, const char *what)
{
    fprintf(stderr, "%7.1f s, %.0f s of CPU: %s\n", (double) (run->world->now - SIM_START) / 1e6,
            (double) clock() / CLOCKS_PER_SEC, what);
}

static void
print_waiting(const Run *run, guint waiting, guint hosts)
{
    g_autofree char *what =
        g_strdup_printf("%u of %u members are not direct with all their peers", waiting, hosts);

    print_progress(run, what);
}

static void
run_until(const Run *run, gint64 when, const char *what)
{
    gint64 step = MAX((when - run->world->now) / STEPS, SIM_MSEC(1));

    while (run->world->now < when) {
        sim_world_run_until(run->world, MIN(run->world->now + step, when));
        print_progress(run, what);
    }
}

/* Removes each host from @waiting that is direct with every peer of its profile. TRUE if all
 * are. */
static gboolean
all_direct(Run *run, GPtrArray *waiting)
{
    for (guint i = waiting->len; i-- > 0;) {
        SimHost *host = waiting->pdata[i];
        gboolean ok = TRUE;

        for (guint j = 0; ok && j < host->config->peers->len; j++) {
            const WlPeerConfig *peer = host->config->peers->pdata[j];
            ok = truth_is_direct(host, sim_world_find_key(run->world, &peer->public_key));
        }
        if (ok)
            g_ptr_array_remove_index_fast(waiting, i);
    }
    return waiting->len == 0;
}

typedef struct {
    guint64 facts, fact_bytes, packets, bytes, wakeups, events, snapshots;
    gint64 cpu, snapshot_cpu;
} Sum;

static Sum
sum_up(const Run *run, guint first, guint last)
{
    Sum sum = {0};

    for (guint i = first; i < last; i++) {
        const SimHost *host = run->world->hosts->pdata[i];
        sum.facts += host->counters.facts;
        sum.fact_bytes += host->counters.fact_bytes;
        sum.packets += host->counters.packets;
        sum.bytes += host->counters.bytes;
        sum.wakeups += host->counters.wakeups;
        sum.snapshots += host->counters.snapshots;
        sum.events += host->cpu_events;
        sum.cpu += host->cpu;
        sum.snapshot_cpu += host->snapshot_cpu;
    }
    return sum;
}

static void
print_rest(const char *who, const Sum *before, const Sum *after, guint n, gint64 rest)
{
    double hours = (double) rest / 3600e6 * n;
    guint64 events = after->events - before->events, dumps = after->snapshots - before->snapshots;

    printf("%s packets: %.0f per member and hour\n", who,
           (double) (after->packets - before->packets) / hours);
    printf("%s bytes: %.0f per member and hour\n", who,
           (double) (after->bytes - before->bytes) / hours);
    printf("%s fact datagrams: %.0f per member and hour\n", who,
           (double) (after->facts - before->facts) / hours);
    printf("%s wake-ups: %.0f per member and hour\n", who,
           (double) (after->wakeups - before->wakeups) / hours);
    printf("%s engine per event: %.1f µs\n", who,
           events ? (double) (after->cpu - before->cpu) / 1e3 / (double) events : 0);
    printf("%s engine per device dump: %.1f µs\n", who,
           dumps ? (double) (after->snapshot_cpu - before->snapshot_cpu) / 1e3 / (double) dumps
                 : 0);
    printf("%s engine: %.3f s per member and hour\n", who,
           (double) (after->cpu + after->snapshot_cpu - before->cpu - before->snapshot_cpu) / 1e9 /
               hours);
}

/* What a member sends at rest, for each peer that it has. */
static void
print_rate(const char *what, const Sum *before, const Sum *after, guint peers, gint64 rest)
{
    printf("%s: %.1f bytes a second\n", what,
           (double) (after->bytes - before->bytes) * 1e6 / (double) rest / peers);
}

static double
facts_of_leaves(const Run *run, guint hosts)
{
    guint64 facts = 0;

    for (guint i = 1; i < hosts; i++)
        facts += wl_engine_get_fact_count(((SimHost *) run->world->hosts->pdata[i])->engine);
    return (double) facts / (hosts - 1);
}

/* No fact may be refused because of a limit. */
static void
print_hub_facts(const Run *run)
{
    const SimHost *hub = run->world->hosts->pdata[0];

    printf("facts held by the hub: %u facts\n", wl_engine_get_fact_count(hub->engine));
    printf("refused for want of room: %" G_GUINT64_FORMAT " facts\n",
           wl_engine_get_verdict_counters(hub->engine)[WL_VERDICT_TOO_MANY]);
}

/* ---- the storm */

static gboolean
has_session_with(const SimHost *a, const SimHost *b)
{
    SimPeerStatus status;

    return sim_device_has_session(a->device, &b->public_key) &&
           sim_member_get_peer(a, b, &status) && status.healthy;
}

/* Removes each leaf from @waiting that the hub has a session with. TRUE if none is left. */
static gboolean
all_back(const Run *run, GPtrArray *waiting)
{
    SimHost *hub = run->world->hosts->pdata[0];

    for (guint i = waiting->len; i-- > 0;) {
        SimHost *leaf = waiting->pdata[i];
        sim_device_set_time(leaf->device, run->world->now, leaf->wall_offset);
        if (has_session_with(hub, leaf) && has_session_with(leaf, hub))
            g_ptr_array_remove_index_fast(waiting, i);
    }
    return waiting->len == 0;
}

/* Traffic from some leaves to their neighbors. */
static void
start_flows(Run *run, guint hosts)
{
    guint step = MAX((hosts - 1) / STORM_FLOWS, 1);

    for (guint i = 1; i + 1 < hosts; i += step) {
        const SimHost *to = run->world->hosts->pdata[i + 1];
        const WlPrefix *address = &g_array_index(to->config->addresses, WlPrefix, 0);
        g_autofree char *name = g_strdup_printf("flow%u", i);

        g_ptr_array_add(run->streams, sim_stream_new(run->world->hosts->pdata[i], name,
                                                     &address->ip, STORM_PERIOD, 100));
    }
}

static guint
count_lost(const Run *run, gint64 since, gint64 until)
{
    guint lost = 0;

    for (guint i = 0; i < run->streams->len; i++)
        lost += sim_stream_count_lost(run->streams->pdata[i], since, until);
    return lost;
}

static gboolean
run_storm(Run *run, guint hosts, GError **error)
{
    g_autoptr(GPtrArray) waiting = g_ptr_array_new();
    SimHost *hub = run->world->hosts->pdata[0];
    gint64 since, back;

    start_flows(run, hosts);
    run_until(run, run->world->now + SIM_SEC(5), "direct pairs have traffic");
    since = run->world->now;
    sim_host_power_off(hub);
    run_until(run, run->world->now + STORM_OFF, "the hub is off");
    for (guint i = 1; i < hosts; i++)
        g_ptr_array_add(waiting, run->world->hosts->pdata[i]);
    back = run->world->now;
    if (!sim_host_start(hub, error))
        return FALSE;
    while (!all_back(run, waiting)) {
        if (run->world->now > back + GIVE_UP) {
            g_set_error(error, SCENARIO_ERROR, SCENARIO_ERROR_FILE,
                        "%u of %u leaves are not back after an hour", waiting->len, hosts - 1);
            return FALSE;
        }
        sim_world_run_until(run->world, run->world->now + SIM_MSEC(100));
    }
    printf("all leaves back after the hub's reboot: %.1f s\n",
           (double) (run->world->now - back) / 1e6);
    run_until(run, run->world->now + SIM_SEC(10), "after the storm");
    printf("packets lost by direct pairs meanwhile: %u packets\n",
           count_lost(run, since, run->world->now - SIM_SEC(1)));
    return TRUE;
}

/* Frees the members, and returns the memory of this; simulated devices and state files stay. */
static gsize
end_members(const Run *run, guint first, guint last)
{
    gsize before = mallinfo2().uordblks;

    for (guint i = first; i < last; i++) {
        SimHost *host = run->world->hosts->pdata[i];
        sim_member_free(host);
    }
    return before - mallinfo2().uordblks;
}

gboolean
scale_run(guint hosts, guint32 seed, gint64 rest, gboolean storm, GError **error)
{
    g_autofree char *source = make_text(hosts);
    g_autoptr(ScenarioText) text = scenario_text_parse("scale", source, error);
    g_autoptr(Run) run = text ? run_new(text, MIXTURE_NATIVE, seed, FALSE, error) : NULL;
    g_autoptr(GPtrArray) waiting = g_ptr_array_new();
    Sum hub, leaves, hub_after, leaves_after;
    gsize used;

    if (!run)
        return FALSE;
    run->world->time_cpu = TRUE;
    used = mallinfo2().uordblks;
    run_until(run, SIM_START + STARTS, "starting");
    for (guint i = 0; i < hosts; i++)
        g_ptr_array_add(waiting, run->world->hosts->pdata[i]);
    while (!all_direct(run, waiting)) {
        if (run->world->now > SIM_START + GIVE_UP) {
            g_set_error(error, SCENARIO_ERROR, SCENARIO_ERROR_FILE,
                        "%u of %u members are not direct with all their peers after an hour",
                        waiting->len, hosts);
            return FALSE;
        }
        sim_world_run_until(run->world, run->world->now + SIM_MSEC(100));
        print_waiting(run, waiting->len, hosts);
    }
    printf("hosts: %u\n", hosts);
    printf("all direct after the last start: %.1f s\n",
           (double) (run->world->now - SIM_START - STARTS) / 1e6);
    run_until(run, run->world->now + SIM_SEC(30), "settling");
    hub = sum_up(run, 0, 1);
    leaves = sum_up(run, 1, hosts);
    run_until(run, run->world->now + rest, "at rest");
    hub_after = sum_up(run, 0, 1);
    leaves_after = sum_up(run, 1, hosts);
    print_rest("hub", &hub, &hub_after, 1, rest);
    print_rest("leaf", &leaves, &leaves_after, hosts - 1, rest);
    print_rate("hub to each leaf", &hub, &hub_after, hosts - 1, rest);
    print_rate("leaf to each peer", &leaves, &leaves_after, (hosts - 1) * MIN(PAIRS, hosts - 1),
               rest);
    print_hub_facts(run);
    printf("facts held: %.0f per leaf\n", facts_of_leaves(run, hosts));
    if (storm && !run_storm(run, hosts, error))
        return FALSE;
    printf("memory of the run: %.0f kB per member\n",
           (double) (mallinfo2().uordblks - used) / 1024 / hosts);
    printf("memory of the hub's engine: %.0f kB\n", (double) end_members(run, 0, 1) / 1024);
    printf("memory of a leaf's engine: %.0f kB per member\n",
           (double) end_members(run, 1, hosts) / 1024 / (hosts - 1));
    return TRUE;
}
