/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "world/member.h"

static gpointer
create(const WlEngineConfig *config, gint64 now, WlRandomFunc random, gpointer user_data,
       GError **error)
{
    return wl_engine_new(config, now, random, user_data, error);
}

static void
free_engine(gpointer self)
{
    wl_engine_free(self);
}

static void
run_time(gpointer self, gint64 now)
{
    wl_engine_time(self, now);
}

static void
take_snapshot(gpointer self, gint64 now, const WlDevice *device)
{
    wl_engine_snapshot(self, now, device);
}

static void
take_datagram(gpointer self, gint64 now, const WlIp *source, const guint8 *data, gsize length)
{
    wl_engine_datagram(self, now, source, data, length);
}

static void
take_addresses(gpointer self, gint64 now, const WlLocalAddress *addresses, gsize n)
{
    wl_engine_local_addresses(self, now, addresses, n);
}

static void
take_resolved(gpointer self, gint64 now, const char *name, const WlEndpoint *endpoints, gsize n)
{
    wl_engine_resolved(self, now, name, endpoints, n);
}

static void
take_send_failed(gpointer self, gint64 now, const WlKey *key)
{
    wl_engine_send_failed(self, now, key);
}

static void
take_link_recreated(gpointer self, gint64 now)
{
    wl_engine_link_recreated(self, now);
}

static void
take_resumed(gpointer self, gint64 now)
{
    wl_engine_resumed(self, now);
}

static void
take_connectivity(gpointer self, gint64 now, WlConnectivity connectivity)
{
    wl_engine_connectivity(self, now, connectivity);
}

static void
take_servers(gpointer self, gint64 now, const WlIp *servers, gsize n)
{
    wl_engine_local_servers(self, now, servers, n);
}

static void
take_traffic(gpointer self, gint64 now, const WlIp *destination)
{
    wl_engine_traffic_began(self, now, destination);
}

static void
take_neighbour(gpointer self, gint64 now, const WlIp *address, guint32 ifindex, gboolean reachable)
{
    wl_engine_neighbour(self, now, address, ifindex, reachable);
}

static void
take_probe(gpointer self, gint64 now, const WlKey *key, guint16 sequence)
{
    wl_engine_probe_answered(self, now, key, sequence);
}

static gboolean
change_profile(gpointer self, gint64 now, const WlEngineConfig *config, GError **error)
{
    return wl_engine_change_profile(self, now, config, error);
}

static gboolean
recall(gpointer self, gint64 now, const char *memory, gsize length, GError **error)
{
    return wl_engine_recall(self, now, memory, length, error);
}

static char *
dup_memory(gconstpointer self)
{
    return wl_engine_dup_memory(self);
}

static WlOutput *
next_output(gpointer self)
{
    return wl_engine_next_output(self);
}

static gint64
get_deadline(gconstpointer self)
{
    return wl_engine_get_deadline(self);
}

static gboolean
get_sight(gconstpointer self, gint64 now, const WlKey *key, SimSight *sight)
{
    WlPeerView view;

    if (!wl_engine_get_peer(self, key, &view))
        return FALSE;
    sight->state = view.state;
    sight->reason = view.reason;
    sight->name = view.name;
    sight->healthy = view.healthy;
    sight->alive = view.alive;
    return TRUE;
}

static gboolean
is_router(gconstpointer self)
{
    return wl_engine_is_router(self);
}

const SimMemberKind sim_member_ours = {
    .name = "ours",
    .sees_sleep = TRUE,
    .create = create,
    .free = free_engine,
    .time = run_time,
    .snapshot = take_snapshot,
    .datagram = take_datagram,
    .local_addresses = take_addresses,
    .resolved = take_resolved,
    .send_failed = take_send_failed,
    .probe_answered = take_probe,
    .traffic_began = take_traffic,
    .neighbour = take_neighbour,
    .resumed = take_resumed,
    .connectivity = take_connectivity,
    .local_servers = take_servers,
    .link_recreated = take_link_recreated,
    .change_profile = change_profile,
    .recall = recall,
    .dup_memory = dup_memory,
    .next_output = next_output,
    .get_deadline = get_deadline,
    .get_sight = get_sight,
    .is_router = is_router,
};
