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
    wl_engine_advance_time(self, now);
}

static void
take_snapshot(gpointer self, gint64 now, const WlDevice *device)
{
    wl_engine_device_snapshot(self, now, device);
}

static void
take_datagram(gpointer self, gint64 now, const WlIp *source, const guint8 *data, gsize length)
{
    wl_engine_datagram_received(self, now, source, data, length);
}

static void
take_addresses(gpointer self, gint64 now, const WlLocalAddress *addresses, gsize n)
{
    wl_engine_set_local_addresses(self, now, addresses, n);
}

static void
take_resolved(gpointer self, gint64 now, const char *name, const WlEndpoint *endpoints, gsize n)
{
    wl_engine_name_resolved(self, now, name, endpoints, n);
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
    wl_engine_set_connectivity(self, now, connectivity);
}

static void
take_protected_hosts(gpointer self, gint64 now, const WlIp *protected_hosts, gsize n)
{
    wl_engine_set_protected_hosts(self, now, protected_hosts, n);
}

static void
take_traffic(gpointer self, gint64 now, const WlIp *destination)
{
    wl_engine_traffic_started(self, now, destination);
}

static void
take_neighbor_result(gpointer self, gint64 now, const WlIp *address, guint32 ifindex,
                     gboolean reachable)
{
    wl_engine_neighbor_result(self, now, address, ifindex, reachable);
}

static void
take_echo_reply(gpointer self, gint64 now, const WlKey *key, guint16 sequence)
{
    wl_engine_echo_reply(self, now, key, sequence);
}

static gboolean
reload_profile(gpointer self, gint64 now, const WlEngineConfig *config, GError **error)
{
    return wl_engine_reload_profile(self, now, config, error);
}

static gboolean
load_state(gpointer self, gint64 now, const char *saved_state, gsize length, GError **error)
{
    return wl_engine_load_state(self, now, saved_state, length, error);
}

static char *
dup_state(gconstpointer self)
{
    return wl_engine_dup_state(self);
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
get_peer_status(gconstpointer self, gint64 now, const WlKey *key, SimPeerStatus *status)
{
    WlPeerView view;

    if (!wl_engine_get_peer(self, key, &view))
        return FALSE;
    status->state = view.state;
    status->reason = view.reason_text;
    status->name = view.name;
    status->healthy = view.healthy;
    status->alive = view.alive;
    return TRUE;
}

static gboolean
is_router(gconstpointer self)
{
    return wl_engine_is_router(self);
}

const SimMemberKind sim_member_native = {
    .name = "native",
    .sees_sleep = TRUE,
    .create = create,
    .free = free_engine,
    .time = run_time,
    .snapshot = take_snapshot,
    .datagram = take_datagram,
    .local_addresses = take_addresses,
    .resolved = take_resolved,
    .send_failed = take_send_failed,
    .echo_reply = take_echo_reply,
    .traffic_began = take_traffic,
    .neighbor_result = take_neighbor_result,
    .resumed = take_resumed,
    .connectivity = take_connectivity,
    .protected_hosts = take_protected_hosts,
    .link_recreated = take_link_recreated,
    .reload_profile = reload_profile,
    .load_state = load_state,
    .dup_state = dup_state,
    .next_output = next_output,
    .get_deadline = get_deadline,
    .get_peer_status = get_peer_status,
    .is_router = is_router,
};
