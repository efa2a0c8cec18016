/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "go/go.h"
#include "world/member.h"

static gpointer
create(const WlEngineConfig *config, gint64 now, WlRandomFunc random, gpointer user_data,
       GError **error)
{
    return classic_new(config, now, random, user_data, error);
}

static void
free_member(gpointer self)
{
    classic_free(self);
}

static void
run_time(gpointer self, gint64 now)
{
    classic_time(self, now);
}

static void
take_snapshot(gpointer self, gint64 now, const WlDevice *device)
{
    classic_snapshot(self, now, device);
}

static void
take_datagram(gpointer self, gint64 now, const WlIp *source, const guint8 *data, gsize length)
{
    classic_datagram(self, now, source, data, length);
}

static void
take_addresses(gpointer self, gint64 now, const WlLocalAddress *addresses, gsize n)
{
    classic_local_addresses(self, now, addresses, n);
}

static void
take_resolved(gpointer self, gint64 now, const char *name, const WlEndpoint *endpoints, gsize n)
{
    classic_resolved(self, now, name, endpoints, n);
}

static void
take_send_failed(gpointer self, gint64 now, const WlKey *key)
{
    classic_send_failed(self, now, key);
}

static WlOutput *
next_output(gpointer self)
{
    return classic_next_output(self);
}

static gint64
get_deadline(gconstpointer self)
{
    return classic_get_deadline(self);
}

/* It knows no states: whatever carries packets for a peer is seen in the device. */
static gboolean
get_sight(gconstpointer self, gint64 now, const WlKey *key, SimSight *sight)
{
    ClassicPeer peer;

    if (!classic_get_peer(self, key, &peer))
        return FALSE;
    sight->state = peer.healthy ? WL_PEER_DIRECT : WL_PEER_OFFLINE;
    sight->reason =
        peer.healthy ? "a Go daemon finds it healthy" : "a Go daemon finds it unhealthy";
    sight->name = peer.name;
    sight->healthy = peer.healthy;
    sight->alive = peer.alive;
    return TRUE;
}

static gboolean
is_router(gconstpointer self)
{
    return classic_is_router(self);
}

const SimMemberKind sim_member_classic = {
    .name = "classic",
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
    .get_sight = get_sight,
    .is_router = is_router,
};
