/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "world/device.h"

#include "world/heap.h"

/*
 * Tests of the model of WireGuard that a scenario cannot express: copies of packets from other
 * addresses, and exact times. Two devices, A and B, and a wire on which the test moves each
 * message.
 */

typedef struct {
    SimDevice *device;
    WlKey key;
    WlEndpoint at;
    WlIp tunnel;
    GQueue wire;   /* of SimMessage: those it sent */
    WlEndpoint to; /* of the last of them */
    guint delivered;
} End;

typedef struct {
    End a, b;
    gint64 now;
} Rig;

static void
transmit(gpointer user_data, const WlEndpoint *to, SimMessage *message)
{
    End *end = user_data;

    end->to = *to;
    g_queue_push_tail(&end->wire, sim_message_ref(message));
}

static void
deliver(gpointer user_data, const WlKey *from, SimPacket *packet)
{
    ((End *) user_data)->delivered++;
}

static guint32
no_jitter(gpointer user_data)
{
    return 0;
}

static void
end_init(End *end, guint8 number)
{
    static const SimDeviceCallbacks callbacks = {
        .transmit = transmit, .deliver = deliver, .random = no_jitter};
    g_autofree char *at = g_strdup_printf("192.0.2.%u:51820", number);
    g_autofree char *tunnel = g_strdup_printf("10.77.0.%u", number);

    end->key.bytes[0] = number;
    g_assert_true(wl_endpoint_parse(at, &end->at));
    g_assert_true(wl_ip_parse(tunnel, &end->tunnel));
    g_queue_init(&end->wire);
    end->device = sim_device_new(&end->key, 51820, &callbacks, end);
}

static void
change(Rig *rig, End *end, const End *other, WlPeerChangeKind kind, gboolean endpoint)
{
    g_autoptr(WlPeerChange) change = wl_peer_change_new(kind, &other->key);
    WlPrefix prefix = wl_prefix_from_ip(&other->tunnel);

    if (endpoint)
        change->endpoint = other->at;
    if (kind != WL_PEER_UPDATE)
        g_array_append_val(change->allowed_ips, prefix);
    sim_device_change(end->device, change);
}

static void
at(Rig *rig, gint64 when)
{
    rig->now = when;
    sim_device_set_time(rig->a.device, when, 0);
    sim_device_set_time(rig->b.device, when, 0);
    sim_device_run(rig->a.device);
    sim_device_run(rig->b.device);
}

static void
set_up(Rig *rig, gconstpointer data)
{
    end_init(&rig->a, 1);
    end_init(&rig->b, 2);
    at(rig, SIM_SEC(1000));
    change(rig, &rig->a, &rig->b, WL_PEER_ADD, TRUE);
    change(rig, &rig->b, &rig->a, WL_PEER_ADD, FALSE);
}

static void
end_clear(End *end)
{
    SimMessage *message;

    while ((message = g_queue_pop_head(&end->wire)))
        sim_message_unref(message);
    sim_device_free(end->device);
}

static void
tear_down(Rig *rig, gconstpointer data)
{
    end_clear(&rig->a);
    end_clear(&rig->b);
}

static gboolean
send(End *from, const WlIp *to)
{
    SimPacket *packet = sim_packet_new(SIM_PACKET_STREAM);
    gboolean sent;

    packet->source = from->tunnel;
    packet->destination = *to;
    sent = sim_device_send(from->device, packet);
    sim_packet_unref(packet);
    return sent;
}

/* The next message of @from, to be unreferenced. */
static SimMessage *
take(End *from)
{
    SimMessage *message = g_queue_pop_head(&from->wire);

    g_assert_nonnull(message);
    return message;
}

/* The next message of @from reaches @to, as if sent from @source. */
static void
pass(End *from, End *to, const WlEndpoint *source)
{
    SimMessage *message = take(from);

    sim_device_receive(to->device, source, message);
    sim_message_unref(message);
}

static void
connect_ends(Rig *rig)
{
    g_assert_true(send(&rig->a, &rig->b.tunnel));
    pass(&rig->a, &rig->b, &rig->a.at);
    pass(&rig->b, &rig->a, &rig->b.at);
    pass(&rig->a, &rig->b, &rig->a.at);
    g_assert_cmpuint(rig->b.delivered, ==, 1);
    g_assert_true(g_queue_is_empty(&rig->a.wire));
}

static void
assert_endpoint(const End *end, const End *peer, const WlEndpoint *wanted)
{
    WlEndpoint seen;

    g_assert_true(sim_device_get_endpoint(end->device, &peer->key, &seen));
    g_assert_true(wl_endpoint_equal(&seen, wanted));
}

static const WlEndpoint *
elsewhere(void)
{
    static WlEndpoint endpoint;

    g_assert_true(wl_endpoint_parse("198.51.100.9:9", &endpoint));
    return &endpoint;
}

/* Only new packets move the endpoint; a copy of a packet never does. */
static void
test_copies(Rig *rig, gconstpointer data)
{
    g_autoptr(SimMessage) packet = NULL;

    connect_ends(rig);
    send(&rig->a, &rig->b.tunnel);
    packet = take(&rig->a);
    sim_device_receive(rig->b.device, &rig->a.at, packet);
    sim_device_receive(rig->b.device, elsewhere(), packet);
    assert_endpoint(&rig->b, &rig->a, &rig->a.at);
    g_assert_cmpuint(rig->b.delivered, ==, 2);
    send(&rig->a, &rig->b.tunnel);
    pass(&rig->a, &rig->b, elsewhere());
    assert_endpoint(&rig->b, &rig->a, elsewhere());
}

/* A late packet within the window is not a copy. */
static void
test_late(Rig *rig, gconstpointer data)
{
    g_autoptr(SimMessage) late = NULL, too_late = NULL;

    connect_ends(rig);
    send(&rig->a, &rig->b.tunnel);
    too_late = take(&rig->a);
    for (guint i = 0; i < 63; i++) {
        send(&rig->a, &rig->b.tunnel);
        pass(&rig->a, &rig->b, &rig->a.at);
    }
    send(&rig->a, &rig->b.tunnel);
    late = take(&rig->a);
    send(&rig->a, &rig->b.tunnel);
    pass(&rig->a, &rig->b, &rig->a.at);
    sim_device_receive(rig->b.device, &rig->a.at, late);
    g_assert_cmpuint(rig->b.delivered, ==, 66);
    sim_device_receive(rig->b.device, &rig->a.at, too_late);
    g_assert_cmpuint(rig->b.delivered, ==, 66);
}

/* A replayed initiation and one of an unknown peer have no effect. */
static void
test_kept_initiation(Rig *rig, gconstpointer data)
{
    g_autoptr(SimMessage) initiation = NULL;

    send(&rig->a, &rig->b.tunnel);
    initiation = take(&rig->a);
    sim_device_receive(rig->b.device, &rig->a.at, initiation);
    pass(&rig->b, &rig->a, &rig->b.at);
    pass(&rig->a, &rig->b, &rig->a.at);
    at(rig, SIM_SEC(1001));
    sim_device_receive(rig->b.device, elsewhere(), initiation);
    initiation->sender.bytes[0] = 77;
    initiation->stamp += 1000;
    sim_device_receive(rig->b.device, elsewhere(), initiation);
    assert_endpoint(&rig->b, &rig->a, &rig->a.at);
    g_assert_true(g_queue_is_empty(&rig->b.wire));
}

/* The second of two initiations within 20 ms counts as a flood. */
static void
test_flood(Rig *rig, gconstpointer data)
{
    send(&rig->a, &rig->b.tunnel);
    pass(&rig->a, &rig->b, &rig->a.at);
    at(rig, SIM_SEC(1000) + SIM_MSEC(19));
    change(rig, &rig->a, &rig->b, WL_PEER_RECREATE, TRUE);
    send(&rig->a, &rig->b.tunnel);
    pass(&rig->a, &rig->b, &rig->a.at);
    g_assert_cmpuint(rig->b.wire.length, ==, 1);
    at(rig, SIM_SEC(1000) + SIM_MSEC(40));
    change(rig, &rig->a, &rig->b, WL_PEER_RECREATE, TRUE);
    send(&rig->a, &rig->b.tunnel);
    pass(&rig->a, &rig->b, &rig->a.at);
    g_assert_cmpuint(rig->b.wire.length, ==, 2);
}

/* A device that responded sends no initiation for 5 s. */
static void
test_answer_counts(Rig *rig, gconstpointer data)
{
    send(&rig->a, &rig->b.tunnel);
    pass(&rig->a, &rig->b, &rig->a.at);
    at(rig, SIM_SEC(1001));
    g_assert_true(send(&rig->b, &rig->a.tunnel));
    g_assert_cmpuint(sim_device_get_initiations(rig->b.device), ==, 0);
    at(rig, SIM_SEC(1005));
    g_assert_true(send(&rig->b, &rig->a.tunnel));
    g_assert_cmpuint(sim_device_get_initiations(rig->b.device), ==, 1);
}

/* The responder uses its new session only after the initiator did; the previous one still counts.
 */
static void
test_sessions(Rig *rig, gconstpointer data)
{
    g_autoptr(SimMessage) old = NULL;
    guint64 first;

    connect_ends(rig);
    first = sim_device_get_session(rig->b.device, &rig->a.key);
    g_assert_cmpuint(first, !=, 0);
    at(rig, SIM_SEC(1010));
    pass(&rig->b, &rig->a, &rig->b.at); /* its keepalive */
    at(rig, SIM_SEC(1121));
    send(&rig->a, &rig->b.tunnel); /* in the first session; an initiation follows */
    old = take(&rig->a);
    pass(&rig->a, &rig->b, &rig->a.at);
    g_assert_cmpuint(sim_device_get_session(rig->b.device, &rig->a.key), ==, first);
    pass(&rig->b, &rig->a, &rig->b.at);
    g_assert_cmpuint(sim_device_get_session(rig->a.device, &rig->b.key), !=, first);
    g_assert_true(sim_device_accepts_session(rig->a.device, &rig->b.key, first));
    pass(&rig->a, &rig->b, &rig->a.at);
    g_assert_cmpuint(sim_device_get_session(rig->b.device, &rig->a.key), ==,
                     sim_device_get_session(rig->a.device, &rig->b.key));
    /* Packets in flight still count. */
    sim_device_receive(rig->b.device, &rig->a.at, old);
    g_assert_cmpuint(rig->b.delivered, ==, 2);
    g_assert_true(sim_device_accepts_session(rig->b.device, &rig->a.key, first));
    /* After the next response they no longer count. */
    at(rig, SIM_SEC(1122));
    change(rig, &rig->a, &rig->b, WL_PEER_RECREATE, TRUE);
    send(&rig->a, &rig->b.tunnel);
    pass(&rig->a, &rig->b, &rig->a.at);
    g_assert_false(sim_device_accepts_session(rig->b.device, &rig->a.key, first));
}

/* Packets to a peer without an endpoint are neither sent nor staged. */
static void
test_no_endpoint(Rig *rig, gconstpointer data)
{
    WlIp unowned;

    g_assert_true(wl_ip_parse("10.77.0.99", &unowned));
    g_assert_false(send(&rig->a, &unowned));
    g_assert_false(send(&rig->b, &rig->a.tunnel));
    g_assert_true(g_queue_is_empty(&rig->b.wire));
    connect_ends(rig);
    g_assert_cmpuint(rig->a.delivered, ==, 0);
    g_assert_true(send(&rig->b, &rig->a.tunnel));
}

/* A change of the peer restarts the attempts while packets are staged. */
static void
test_change_renews(Rig *rig, gconstpointer data)
{
    send(&rig->a, &rig->b.tunnel);
    for (guint second = 1; second <= 60; second++)
        at(rig, SIM_SEC(1000 + second));
    g_assert_cmpuint(sim_device_get_initiations(rig->a.device), ==, 13);
    change(rig, &rig->a, &rig->b, WL_PEER_UPDATE, TRUE);
    for (guint second = 61; second <= 300; second++)
        at(rig, SIM_SEC(1000 + second));
    g_assert_cmpuint(sim_device_get_initiations(rig->a.device), ==, 13 + 19);
}

#define ADD(path, test) g_test_add("/device/" path, Rig, NULL, set_up, test, tear_down)

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("copies", test_copies);
    ADD("late", test_late);
    ADD("kept-initiation", test_kept_initiation);
    ADD("flood", test_flood);
    ADD("answer-counts", test_answer_counts);
    ADD("sessions", test_sessions);
    ADD("no-endpoint", test_no_endpoint);
    ADD("change-renews", test_change_renews);
    return g_test_run();
}
