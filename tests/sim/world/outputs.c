/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Carries out the outputs of a member, and measures its CPU time in ns.
 */
#include "world/outputs.h"

#include <time.h>

#include "world/liar/liars.h"
#include "world/member.h"
#include "world/neighbors.h"

#define UDP6_HEADERS 48
#define FACTS_MAX    1210
#define MAX_OUTPUTS  10000000 /* a hub has 160 datagrams for each of its leaves at once */

gint64
sim_cpu_begin(const SimHost *host)
{
    struct timespec time;

    if (!host->world->time_cpu)
        return 0;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (gint64) time.tv_sec * 1000000000 + time.tv_nsec;
}

void
sim_cpu_end(SimHost *host, gint64 begun, gboolean snapshot)
{
    gint64 used;

    if (!host->world->time_cpu)
        return;
    used = sim_cpu_begin(host) - begun;
    if (snapshot) {
        host->snapshot_cpu += used;
    } else {
        host->cpu += used;
        host->cpu_events++;
    }
}

static const char *
name_of(const SimHost *host, const WlKey *key)
{
    const SimHost *peer = sim_world_find_key(host->world, key);

    return peer ? peer->name : "unknown";
}

static void
trace(SimHost *host, const WlOutput *output)
{
    static const char *const kinds[] = {"add", "update", "re-create", "remove"};
    const WlPeerChange *change = output->change;

    if (!host->world->trace)
        return;
    if (output->kind == WL_OUTPUT_LOG) {
        sim_world_trace(host->world, host->name, "logs: %s", output->name);
    } else if (output->kind == WL_OUTPUT_CHANGE_PEER) {
        g_autofree char *endpoint = wl_endpoint_is_set(&change->endpoint)
                                        ? wl_endpoint_to_string(&change->endpoint)
                                        : g_strdup("-");
        g_autoptr(GString) allowed = g_string_new(NULL);

        for (guint i = 0; i < change->allowed_ips->len; i++) {
            g_autofree char *text =
                wl_prefix_to_string(&g_array_index(change->allowed_ips, WlPrefix, i));
            g_string_append_printf(allowed, " %s", text);
        }
        sim_world_trace(host->world, host->name, "%s %s, endpoint %s, allowed IPs%s",
                        kinds[change->kind], name_of(host, &change->public_key), endpoint,
                        change->kind == WL_PEER_UPDATE && !change->replace_allowed_ips
                            ? " as they are"
                            : allowed->str);
    } else if (output->kind == WL_OUTPUT_SEND_ECHO) {
        g_autofree char *to = wl_ip_to_string(&output->echo.destination);
        sim_world_trace(host->world, host->name, "sends an echo to %s at %s",
                        name_of(host, &output->key), to);
    } else if (output->kind == WL_OUTPUT_RESOLVE) {
        sim_world_trace(host->world, host->name, "resolves %s", output->name);
    } else if (output->kind == WL_OUTPUT_RESOLVE_NEIGHBOR) {
        g_autofree char *address = wl_ip_to_string(&output->destination);
        sim_world_trace(host->world, host->name, "resolves neighbor %s", address);
    }
}

/* The tag is not checked. */
static void
trace_facts(SimHost *host, const WlOutput *output)
{
    g_autoptr(GArray) facts = NULL;
    g_autoptr(GString) text = g_string_new(NULL);

    if (!host->world->trace)
        return;
    facts = sim_facts_decode(output->bytes);
    for (guint i = 0; i < facts->len; i++) {
        const WlFact *fact = &g_array_index(facts, WlFact, i);
        g_autofree char *what = wl_fact_describe(fact);
        g_string_append_printf(text, "%s %s %s (%u s)", i ? "," : "", name_of(host, &fact->subject),
                               what, fact->ttl);
    }
    sim_world_trace(host->world, host->name, "advertises to %s:%s", name_of(host, &output->key),
                    text->str);
}

static void
send_facts(SimHost *host, const WlOutput *output)
{
    SimHost *to = g_hash_table_lookup(host->world->by_key, &output->key);
    gsize length = g_bytes_get_size(output->bytes);
    SimPacket *packet;

    if (g_hash_table_contains(host->refused_sends, to)) {
        sim_world_trace(host->world, host->name, "cannot send to %s", to->name);
        sim_member_send_failed(host, &output->key);
        return;
    }
    packet = sim_packet_new(SIM_PACKET_FACTS);
    if (host->kind == SIM_KIND_NATIVE && length > FACTS_MAX)
        g_error("%s sends %" G_GSIZE_FORMAT " bytes of facts in one datagram, more than %d",
                host->name, length, FACTS_MAX);
    trace_facts(host, output);
    host->counters.facts++;
    host->counters.fact_bytes += (guint) length;
    host->counters.facts_to_liars += to && to->liar;
    if (host->liar)
        sim_liar_note_sent(host->liar, &output->key, output->bytes);
    if (host->world->before_send)
        host->world->before_send(host, &output->key, output->bytes, host->world->user_data);
    packet->source = host->link_local;
    packet->destination = output->destination;
    packet->facts = g_bytes_ref(output->bytes);
    packet->size = UDP6_HEADERS + length;
    sim_host_send(host, packet);
    sim_packet_unref(packet);
}

static void
note_state(SimHost *host, const WlKey *key)
{
    gpointer old = g_hash_table_lookup(host->states, key);
    SimPeerStatus status;
    SimChange change = {.when = host->world->now, .key = *key};

    if (!sim_member_get_peer_by_key(host, key, &status))
        return;
    host->world->dirty = TRUE;
    if (old && GPOINTER_TO_UINT(old) == (guint) status.state + 1)
        return;
    sim_world_trace(host->world, host->name, "%s is %s: %s", name_of(host, key),
                    wl_peer_state_to_string(status.state), status.reason);
    if (old) {
        change.from = GPOINTER_TO_UINT(old) - 1;
        change.to = status.state;
        host->counters.changes++;
        g_array_append_val(host->history, change);
    }
    g_hash_table_insert(host->states, wl_key_copy(key), GUINT_TO_POINTER((guint) status.state + 1));
}

static void
read_device(SimHost *host)
{
    const WlDevice *device = sim_device_read(host->device);
    gint64 begun = sim_cpu_begin(host);

    host->counters.snapshots++;
    if (host->world->device_read)
        host->world->device_read(host, device, host->world->user_data);
    sim_member_snapshot(host, device);
    sim_cpu_end(host, begun, TRUE);
}

static void
resolve(SimHost *host, const char *name)
{
    g_autoptr(GArray) found = sim_world_resolve(host->world, name);

    sim_member_resolved(host, name, found);
}

static void
save_state(SimHost *host)
{
    if (!host->engine)
        return;
    g_free(host->saved_state);
    host->saved_state = wl_engine_dup_state(host->engine);
}

static void
carry_out(SimHost *host, const WlOutput *output)
{
    trace(host, output);
    switch (output->kind) {
    case WL_OUTPUT_SEND:
        send_facts(host, output);
        break;
    case WL_OUTPUT_CHANGE_PEER:
        if (host->world->before_change)
            host->world->before_change(host, output->change, host->world->user_data);
        host->counters.requests++;
        host->counters.cut_short +=
            output->change->kind == WL_PEER_RECREATE &&
            sim_device_is_confirming(host->device, &output->change->public_key);
        host->counters.recreations += sim_device_change(host->device, output->change);
        host->world->dirty = TRUE;
        break;
    case WL_OUTPUT_READ_DEVICE:
        read_device(host);
        break;
    case WL_OUTPUT_RESOLVE:
        resolve(host, output->name);
        break;
    case WL_OUTPUT_PEER_CHANGED:
        note_state(host, &output->key);
        break;
    case WL_OUTPUT_PEER_REMOVED:
        g_hash_table_remove(host->states, &output->key);
        host->world->dirty = TRUE;
        break;
    case WL_OUTPUT_SEND_ECHO:
        host->counters.echoes++;
        sim_host_send_echo(host, &output->key, &output->echo);
        break;
    case WL_OUTPUT_WATCH_TRAFFIC:
        host->watching = TRUE;
        g_clear_pointer(&host->watched, g_array_unref);
        host->watched = output->prefixes ? g_array_ref(output->prefixes) : NULL;
        break;
    case WL_OUTPUT_RESOLVE_NEIGHBOR:
        host->counters.lookups++;
        sim_neighbors_resolve(host, &output->destination, output->ifindex);
        break;
    case WL_OUTPUT_SAVE_STATE:
        host->counters.saves++;
        save_state(host);
        break;
    case WL_OUTPUT_LOG:
        host->counters.logs++;
        break;
    case WL_OUTPUT_ROUTES_CHANGED:
        host->world->dirty = TRUE;
        break;
    }
}

guint
sim_outputs_drain(SimHost *host)
{
    WlOutput *output;
    guint n = 0;

    for (; sim_member_is_running(host) && (output = sim_member_next_output(host)); n++) {
        carry_out(host, output);
        wl_output_free(output);
        if (n > MAX_OUTPUTS)
            g_error("%s: too many outputs at the same time", host->name);
    }
    return n;
}
