/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a Go daemon changes its device (docs/protocol.md 6.4, 6.6, 7.3 and 7.5). */
#include "go/rig.h"

#include "wl-link-local.h"

#define HUB  1
#define LEAF 2

#define HUB_ENDPOINT  "203.0.113.1:51820"
#define LEAF_ENDPOINT "198.51.100.2:51820"

/* A member with a fully trusted hub and a learned leaf in its device. */
static Rig *
member_new(WlRole role, WlTrust own)
{
    Rig *rig = rig_new();
    WlEngineConfig *config = rig_config(rig, role);

    rig_configure(rig, config, HUB, HUB_ENDPOINT, "10.77.0.0/24")->trust = WL_TRUST_MEMBERSHIP;
    if (own != WL_TRUST_UNSET)
        rig_configure(rig, config, 0, NULL, NULL)->trust = own;
    rig_device(rig, &rig->keys[HUB], HUB_ENDPOINT, "10.77.0.0/24");
    rig_start(rig, config);
    return rig;
}

static void
assert_only_link_local(Rig *rig, guint member)
{
    const WlDevicePeer *peer = wl_device_find(rig->device, &rig->keys[member]);
    WlIp link_local;

    g_assert_nonnull(peer);
    wl_key_link_local(&rig->keys[member], &link_local);
    g_assert_cmpuint(peer->allowed_ips->len, ==, 1);
    g_assert_true(wl_ip_equal(&g_array_index(peer->allowed_ips, WlPrefix, 0).ip, &link_local));
}

/* ---- adding (docs/protocol.md 7.5, 6.4) ---------------------------------------------------- */

static void
test_added(void)
{
    g_autoptr(Rig) rig = member_new(WL_ROLE_LEAF, WL_TRUST_UNSET);
    const WlDevicePeer *peer;

    rig_live(rig, SEC(8), HUB);
    /* Endpoints alone add no member. */
    rig_receive_endpoint(rig, HUB, &rig->keys[LEAF], LEAF_ENDPOINT);
    rig_live(rig, SEC(10), HUB);
    g_assert_null(wl_device_find(rig->device, &rig->keys[LEAF]));
    rig_introduce(rig, HUB, LEAF, LEAF_ENDPOINT, "10.77.0.3/32");
    rig_live(rig, SEC(5), HUB);
    peer = wl_device_find(rig->device, &rig->keys[LEAF]);
    g_assert_nonnull(peer);
    g_assert_true(wl_endpoint_is_set(&peer->endpoint));
    assert_only_link_local(rig, LEAF);
}

/* ---- rows of docs/protocol.md 7.3 ---------------------------------------------------------- */

typedef struct {
    const char *name;
    gboolean handshake, alive;
    gboolean basic;
    gint64 up;
    WlRole role;
    WlTrust own;
    gboolean good; /* expected: the prefix of its facts is present */
    gboolean bad;  /* expected: the prefix that only the device has is kept */
} ApplyRow;

static const ApplyRow rows[] = {
    {"ready", TRUE, TRUE, FALSE, 20, WL_ROLE_LEAF, WL_TRUST_UNSET, TRUE, TRUE},
    {"ready-old", TRUE, TRUE, FALSE, 300, WL_ROLE_LEAF, WL_TRUST_UNSET, TRUE, FALSE},
    {"ready-old-router", TRUE, TRUE, FALSE, 300, WL_ROLE_ROUTER, WL_TRUST_UNSET, TRUE, TRUE},
    {"ready-old-trusted", TRUE, TRUE, FALSE, 300, WL_ROLE_LEAF, WL_TRUST_ALLOWED_IPS, TRUE, TRUE},
    {"ready-old-less-trusted", TRUE, TRUE, FALSE, 300, WL_ROLE_LEAF, WL_TRUST_ENDPOINT, TRUE,
     FALSE},
    {"healthy", TRUE, FALSE, FALSE, 20, WL_ROLE_LEAF, WL_TRUST_UNSET, FALSE, TRUE},
    {"healthy-old", TRUE, FALSE, FALSE, 300, WL_ROLE_LEAF, WL_TRUST_UNSET, FALSE, TRUE},
    {"healthy-basic", TRUE, FALSE, TRUE, 20, WL_ROLE_LEAF, WL_TRUST_UNSET, TRUE, TRUE},
    {"unhealthy", FALSE, TRUE, FALSE, 20, WL_ROLE_LEAF, WL_TRUST_UNSET, FALSE, TRUE},
    {"unhealthy-old", FALSE, TRUE, FALSE, 300, WL_ROLE_LEAF, WL_TRUST_UNSET, FALSE, FALSE},
    {"unhealthy-old-router", FALSE, TRUE, FALSE, 300, WL_ROLE_ROUTER, WL_TRUST_UNSET, FALSE, TRUE},
    {"unhealthy-old-trusted", FALSE, TRUE, FALSE, 300, WL_ROLE_LEAF, WL_TRUST_ALLOWED_IPS, FALSE,
     TRUE},
};

static void
test_apply(gconstpointer data)
{
    const ApplyRow *row = data;
    g_autoptr(Rig) rig = rig_new();
    WlEngineConfig *config = rig_config(rig, row->role);

    rig_configure(rig, config, HUB, HUB_ENDPOINT, "10.77.0.0/24")->trust = WL_TRUST_MEMBERSHIP;
    if (row->own != WL_TRUST_UNSET)
        rig_configure(rig, config, 0, NULL, NULL)->trust = row->own;
    rig_configure(rig, config, LEAF, NULL, "10.77.0.3/32")->basic = row->basic;
    rig_device(rig, &rig->keys[HUB], HUB_ENDPOINT, "10.77.0.0/24");
    rig_device(rig, &rig->keys[LEAF], LEAF_ENDPOINT, "10.66.0.0/24");
    rig_start(rig, config);
    while (rig->now < rig->started + SEC(row->up)) {
        if (row->handshake)
            rig_handshake(rig, LEAF);
        if (row->alive)
            rig_receive_alive(rig, LEAF);
        rig_live(rig, SEC(20), HUB);
    }
    g_assert_cmpint(rig_has_allowed(rig, &rig->keys[LEAF], "10.77.0.3/32"), ==, row->good);
    g_assert_cmpint(rig_has_allowed(rig, &rig->keys[LEAF], "10.66.0.0/24"), ==, row->bad);
}

/* An Alive that is nearly expired neither adds nor removes. */
static void
test_nearly_over(void)
{
    g_autoptr(Rig) rig = member_new(WL_ROLE_LEAF, WL_TRUST_UNSET);
    WlFact alive;

    rig_live(rig, SEC(8), HUB);
    rig_introduce(rig, HUB, LEAF, LEAF_ENDPOINT, "10.77.0.3/32");
    rig_live(rig, SEC(6), HUB);
    rig_handshake(rig, LEAF);
    rig_run(rig, go_get_deadline(rig->daemon) - rig->now - SEC(1));
    wl_fact_init_alive(&alive, &rig->keys[LEAF], &rig->boot_ids[LEAF], 0);
    rig_receive(rig, LEAF, &alive, 3);
    rig_run(rig, SEC(6));
    assert_only_link_local(rig, LEAF);
    rig_receive(rig, LEAF, &alive, 10);
    rig_run(rig, SEC(5));
    g_assert_true(rig_has_allowed(rig, &rig->keys[LEAF], "10.77.0.3/32"));
    rig_run(rig, SEC(30));
    g_assert_true(rig_has_allowed(rig, &rig->keys[LEAF], "10.77.0.3/32"));
    wl_fact_clear(&alive);
}

/* ---- quirks (docs/protocol.md 12.11 and 12.12) --------------------------------------------- */

static void
test_host_bits(void)
{
    g_autoptr(Rig) rig = member_new(WL_ROLE_LEAF, WL_TRUST_UNSET);

    rig_live(rig, SEC(10), HUB);
    rig_receive_allowed(rig, HUB, &rig->keys[HUB], "10.79.0.7/24");
    rig_live(rig, SEC(10), HUB);
    rig_clear(rig);
    rig_live(rig, SEC(50), HUB);
    g_assert_cmpuint(rig_changes(rig, &rig->keys[HUB], WL_PEER_UPDATE), ==, 10);
    g_assert_true(rig_has_allowed(rig, &rig->keys[HUB], "10.79.0.0/24"));
}

static void
test_prefix_of_two_members(void)
{
    g_autoptr(Rig) rig = member_new(WL_ROLE_LEAF, WL_TRUST_UNSET);
    guint moves = 0;

    rig_live(rig, SEC(8), HUB);
    rig_introduce(rig, HUB, LEAF, LEAF_ENDPOINT, "10.77.0.3/32");
    rig_introduce(rig, HUB, 3, "198.51.100.3:51820", "10.77.0.3/32");
    rig_live(rig, SEC(20), 3);
    for (guint i = 0; i < 10; i++) {
        gboolean had = rig_has_allowed(rig, &rig->keys[LEAF], "10.77.0.3/32");

        rig_live(rig, RIG_TICK, 3);
        g_assert_cmpint(rig_has_allowed(rig, &rig->keys[LEAF], "10.77.0.3/32"), !=,
                        rig_has_allowed(rig, &rig->keys[3], "10.77.0.3/32"));
        moves += had != rig_has_allowed(rig, &rig->keys[LEAF], "10.77.0.3/32");
    }
    g_assert_cmpuint(moves, >, 5);
}

/* ---- deletion (docs/protocol.md 6.4) ------------------------------------------------------- */

typedef struct {
    const char *name;
    WlTrust hub;        /* configured for the hub */
    const char *routes; /* of the hub, in the device */
    WlTrust own;
    WlRole role;
    gint64 up; /* s, with a live hub */
    gboolean removed;
} DeleteRow;

static const DeleteRow deletes[] = {
    {"trusted", WL_TRUST_MEMBERSHIP, NULL, WL_TRUST_UNSET, WL_ROLE_LEAF, 300, TRUE},
    {"young", WL_TRUST_MEMBERSHIP, NULL, WL_TRUST_UNSET, WL_ROLE_LEAF, 240, FALSE},
    {"delegate", WL_TRUST_DELEGATE, NULL, WL_TRUST_UNSET, WL_ROLE_LEAF, 300, TRUE},
    {"trusted-less", WL_TRUST_ALLOWED_IPS, "10.88.0.0/24", WL_TRUST_UNSET, WL_ROLE_LEAF, 300, TRUE},
    {"trusted-less-no-router", WL_TRUST_ALLOWED_IPS, NULL, WL_TRUST_UNSET, WL_ROLE_LEAF, 300,
     FALSE},
    {"automatic-router", WL_TRUST_UNSET, "10.88.0.0/24", WL_TRUST_UNSET, WL_ROLE_AUTOMATIC, 300,
     TRUE},
    {"no-source", WL_TRUST_UNSET, NULL, WL_TRUST_UNSET, WL_ROLE_LEAF, 300, FALSE},
    {"we-are-router", WL_TRUST_MEMBERSHIP, NULL, WL_TRUST_UNSET, WL_ROLE_ROUTER, 300, FALSE},
    {"we-are-trusted", WL_TRUST_MEMBERSHIP, NULL, WL_TRUST_MEMBERSHIP, WL_ROLE_LEAF, 300, FALSE},
    {"we-are-trusted-less", WL_TRUST_MEMBERSHIP, NULL, WL_TRUST_ALLOWED_IPS, WL_ROLE_LEAF, 300,
     TRUE},
};

/* Starts with the hub, and an orphaned peer that appears after @up. */
static Rig *
stale_new(const DeleteRow *row)
{
    Rig *rig = rig_new();
    WlEngineConfig *config = rig_config(rig, row->role);

    rig_configure(rig, config, HUB, HUB_ENDPOINT, row->routes)->trust = row->hub;
    if (row->own != WL_TRUST_UNSET)
        rig_configure(rig, config, 0, NULL, NULL)->trust = row->own;
    rig_device(rig, &rig->keys[HUB], HUB_ENDPOINT, row->routes);
    rig_start(rig, config);
    rig_live(rig, SEC(row->up), HUB);
    rig_device(rig, &rig->keys[LEAF], LEAF_ENDPOINT, "10.77.0.3/32");
    return rig;
}

static void
test_delete(gconstpointer data)
{
    const DeleteRow *row = data;
    g_autoptr(Rig) rig = stale_new(row);

    rig_live(rig, SEC(10), HUB);
    g_assert_cmpint(rig_changes(rig, &rig->keys[LEAF], WL_PEER_REMOVE), ==, row->removed);
    g_assert_cmpint(wl_device_find(rig->device, &rig->keys[LEAF]) == NULL, ==, row->removed);
    /* The peer stays unchanged, whether orphaned or not. */
    if (!row->removed)
        g_assert_true(rig_has_allowed(rig, &rig->keys[LEAF], "10.77.0.3/32"));
    g_assert_nonnull(wl_device_find(rig->device, &rig->keys[HUB]));
}

/* A hub with an old handshake, or one that returned recently, is not authoritative. */
static void
test_hub_not_authoritative(void)
{
    g_autoptr(Rig) rig = stale_new(&deletes[1]);

    rig->handshakes[HUB] = rig->now - SEC(170);
    rig_run(rig, SEC(60));
    g_assert_nonnull(wl_device_find(rig->device, &rig->keys[LEAF]));
    rig_live(rig, SEC(240), HUB);
    g_assert_nonnull(wl_device_find(rig->device, &rig->keys[LEAF]));
    rig_live(rig, SEC(40), HUB);
    g_assert_null(wl_device_find(rig->device, &rig->keys[LEAF]));
}

/* A reboot of the hub counts as a return. */
static void
test_hub_rebooted(void)
{
    g_autoptr(Rig) rig = member_new(WL_ROLE_LEAF, WL_TRUST_UNSET);

    rig_live(rig, SEC(300), HUB);
    rig->boot_ids[HUB].bytes[3] ^= 1;
    rig_live(rig, SEC(10), HUB);
    rig_device(rig, &rig->keys[LEAF], LEAF_ENDPOINT, "10.77.0.3/32");
    rig_live(rig, SEC(240), HUB);
    g_assert_nonnull(wl_device_find(rig->device, &rig->keys[LEAF]));
    rig_live(rig, SEC(40), HUB);
    g_assert_null(wl_device_find(rig->device, &rig->keys[LEAF]));
}

/* Routers stay while no Membership trust is configured; with such a source they are removed as
 * well. */
static void
test_routers_stay(void)
{
    for (guint configured = 0; configured < 2; configured++) {
        g_autoptr(Rig) rig = rig_new();
        WlEngineConfig *config = rig_config(rig, WL_ROLE_LEAF);

        rig_configure(rig, config, HUB, HUB_ENDPOINT, "10.88.0.0/24")->trust =
            configured ? WL_TRUST_MEMBERSHIP : WL_TRUST_UNSET;
        rig_device(rig, &rig->keys[HUB], HUB_ENDPOINT, "10.88.0.0/24");
        rig_device(rig, &rig->keys[LEAF], LEAF_ENDPOINT, "10.89.0.0/24");
        rig_device(rig, &rig->keys[3], LEAF_ENDPOINT, "10.77.0.5/32");
        rig_start(rig, config);
        rig_live(rig, SEC(300), 2);
        g_assert_null(wl_device_find(rig->device, &rig->keys[3]));
        g_assert_cmpint(wl_device_find(rig->device, &rig->keys[LEAF]) == NULL, ==, configured);
    }
}

/* Learned, then no longer advertised. */
static void
test_unrenewed_member_removed(void)
{
    g_autoptr(Rig) rig = member_new(WL_ROLE_LEAF, WL_TRUST_UNSET);

    rig_live(rig, SEC(268), HUB);
    rig_introduce(rig, HUB, LEAF, LEAF_ENDPOINT, "10.77.0.3/32");
    rig_live(rig, SEC(250), LEAF);
    g_assert_true(rig_has_allowed(rig, &rig->keys[LEAF], "10.77.0.3/32"));
    rig_live(rig, SEC(15), LEAF);
    g_assert_null(wl_device_find(rig->device, &rig->keys[LEAF]));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/go/added", test_added);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/go/apply/%s", rows[i].name);
        g_test_add_data_func(name, &rows[i], test_apply);
    }
    g_test_add_func("/go/nearly-over", test_nearly_over);
    g_test_add_func("/go/host-bits", test_host_bits);
    g_test_add_func("/go/prefix-of-two-members", test_prefix_of_two_members);
    for (guint i = 0; i < G_N_ELEMENTS(deletes); i++) {
        g_autofree char *name = g_strdup_printf("/go/delete/%s", deletes[i].name);
        g_test_add_data_func(name, &deletes[i], test_delete);
    }
    g_test_add_func("/go/hub-not-authoritative", test_hub_not_authoritative);
    g_test_add_func("/go/hub-rebooted", test_hub_rebooted);
    g_test_add_func("/go/routers-stay", test_routers_stay);
    g_test_add_func("/go/unrenewed-member-removed", test_unrenewed_member_removed);
    return g_test_run();
}
