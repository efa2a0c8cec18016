/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/go.h"
#include "world/member.h"

static gpointer
create(const WlEngineConfig *config, gint64 now, WlRandomFunc random, gpointer user_data,
       GError **error)
{
    return go_new(config, now, random, user_data, error);
}

static void
free_member(gpointer self)
{
    go_free(self);
}

static void
run_time(gpointer self, gint64 now)
{
    go_time(self, now);
}

static void
take_snapshot(gpointer self, gint64 now, const WlDevice *device)
{
    go_snapshot(self, now, device);
}

static void
take_datagram(gpointer self, gint64 now, const WlIp *source, const guint8 *data, gsize length)
{
    go_datagram(self, now, source, data, length);
}

static void
take_addresses(gpointer self, gint64 now, const WlLocalAddress *addresses, gsize n)
{
    go_local_addresses(self, now, addresses, n);
}

static void
take_resolved(gpointer self, gint64 now, const char *name, const WlEndpoint *endpoints, gsize n)
{
    go_resolved(self, now, name, endpoints, n);
}

static void
take_send_failed(gpointer self, gint64 now, const WlKey *key)
{
    go_send_failed(self, now, key);
}

static WlOutput *
next_output(gpointer self)
{
    return go_next_output(self);
}

static gint64
get_deadline(gconstpointer self)
{
    return go_get_deadline(self);
}

/* It knows no states: whatever carries packets for a peer is seen in the device. */
static gboolean
get_peer_status(gconstpointer self, gint64 now, const WlKey *key, SimPeerStatus *status)
{
    GoPeer peer;

    if (!go_get_peer(self, key, &peer))
        return FALSE;
    status->state = peer.healthy ? WL_PEER_DIRECT : WL_PEER_OFFLINE;
    status->reason =
        peer.healthy ? "a Go daemon considers it healthy" : "a Go daemon considers it unhealthy";
    status->name = peer.name;
    status->healthy = peer.healthy;
    status->alive = peer.alive;
    return TRUE;
}

static gboolean
is_router(gconstpointer self)
{
    return go_is_router(self);
}

const SimMemberKind sim_member_go = {
    .name = "go",
    .create = create,
    .free = free_member,
    .time = run_time,
    .snapshot = take_snapshot,
    .datagram = take_datagram,
    .local_addresses = take_addresses,
    .resolved = take_resolved,
    .send_failed = take_send_failed,
    .next_output = next_output,
    .get_deadline = get_deadline,
    .get_peer_status = get_peer_status,
    .is_router = is_router,
};
