/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which facts a Go daemon accepts and sends (docs/protocol.md 5.3, 5.6, 6.2, 6.3, 6.5). */
#include <json-glib/json-glib.h>

#include "go/rig.h"

#define HUB  1
#define LEAF 2

#define HUB_ENDPOINT  "203.0.113.1:51820"
#define LEAF_ENDPOINT "198.51.100.2:51820"

/* ---- levels of sending (docs/protocol.md 5.6.2) -------------------------------------------- */

typedef struct {
    const char *name;
    const char *endpoint;    /* of the peer, in the device */
    const char *allowed_ips; /* likewise */
    WlTrust trust;           /* configured for it */
    gboolean exchanger;
    WlRole role; /* of the daemon */
    gboolean chatty;
    gboolean handshake;
    gboolean alive, facts; /* expected: what is sent to the peer */
} LevelRow;

static const LevelRow levels[] = {
    {"no-endpoint", NULL, NULL, WL_TRUST_MEMBERSHIP, TRUE, WL_ROLE_ROUTER, TRUE, TRUE, FALSE,
     FALSE},
    {"trusted", LEAF_ENDPOINT, NULL, WL_TRUST_ALLOWED_IPS, FALSE, WL_ROLE_LEAF, FALSE, FALSE, TRUE,
     TRUE},
    {"trusted-for-endpoints", LEAF_ENDPOINT, NULL, WL_TRUST_ENDPOINT, FALSE, WL_ROLE_LEAF, FALSE,
     TRUE, TRUE, FALSE},
    {"router", LEAF_ENDPOINT, "10.88.0.0/24", WL_TRUST_UNSET, FALSE, WL_ROLE_LEAF, FALSE, FALSE,
     TRUE, TRUE},
    {"default-route", LEAF_ENDPOINT, "0.0.0.0/0", WL_TRUST_UNSET, FALSE, WL_ROLE_LEAF, FALSE, TRUE,
     TRUE, FALSE},
    {"exchanger", LEAF_ENDPOINT, NULL, WL_TRUST_UNSET, TRUE, WL_ROLE_LEAF, FALSE, FALSE, TRUE,
     TRUE},
    {"quiet-leaf", LEAF_ENDPOINT, NULL, WL_TRUST_UNSET, FALSE, WL_ROLE_LEAF, FALSE, TRUE, TRUE,
     FALSE},
    {"chatty", LEAF_ENDPOINT, NULL, WL_TRUST_UNSET, FALSE, WL_ROLE_LEAF, TRUE, TRUE, TRUE, TRUE},
    {"we-are-router", LEAF_ENDPOINT, NULL, WL_TRUST_UNSET, FALSE, WL_ROLE_ROUTER, FALSE, TRUE, TRUE,
     TRUE},
    {"chatty-no-handshake", LEAF_ENDPOINT, NULL, WL_TRUST_UNSET, FALSE, WL_ROLE_LEAF, TRUE, FALSE,
     TRUE, FALSE},
    {"router-no-handshake", LEAF_ENDPOINT, NULL, WL_TRUST_UNSET, FALSE, WL_ROLE_ROUTER, FALSE,
     FALSE, TRUE, FALSE},
};

static void
test_level(gconstpointer data)
{
    const LevelRow *row = data;
    g_autoptr(Rig) rig = rig_new();
    WlEngineConfig *config = rig_config(rig, row->role);
    WlPeerConfig *peer = rig_configure(rig, config, LEAF, NULL, NULL);
    g_autoptr(GArray) alives = NULL, facts = NULL;

    config->chatty = row->chatty;
    peer->trust = row->trust;
    peer->fact_exchanger = row->exchanger;
    rig_device(rig, &rig->keys[LEAF], row->endpoint, row->allowed_ips);
    if (row->handshake)
        rig_handshake(rig, LEAF);
    rig_start(rig, config);
    rig_run(rig, SEC(21));
    alives = rig_times(rig, LEAF, WL_ATTRIBUTE_ALIVE, NULL);
    facts = rig_times(rig, LEAF, WL_ATTRIBUTE_ENDPOINT_V4, &rig->keys[0]);
    g_assert_cmpint(alives->len > 0, ==, row->alive);
    g_assert_cmpint(facts->len > 0, ==, row->facts);
}

/* ---- which facts (docs/protocol.md 5.6.1 and 5.6.3) ---------------------------------------- */

/* A router with two live members. */
static Rig *
router_new(void)
{
    Rig *rig = rig_new();
    WlEngineConfig *config = rig_config(rig, WL_ROLE_ROUTER);

    rig_configure(rig, config, HUB, NULL, "10.77.0.3/32")->name = g_strdup("one");
    rig_configure(rig, config, LEAF, NULL, "10.77.0.4/32")->name = g_strdup("two");
    rig_device(rig, &rig->keys[HUB], HUB_ENDPOINT, "10.77.0.3/32");
    rig_device(rig, &rig->keys[LEAF], LEAF_ENDPOINT, "10.77.0.4/32");
    rig_handshake(rig, HUB);
    rig_handshake(rig, LEAF);
    rig_start(rig, config);
    return rig;
}

static guint
count_times(Rig *rig, guint member, guint8 attribute, const WlKey *about)
{
    g_autoptr(GArray) times = rig_times(rig, member, attribute, about);

    return times->len;
}

static void
test_own_facts_left_out(void)
{
    g_autoptr(Rig) rig = router_new();

    rig_live(rig, SEC(20), LEAF);
    g_assert_cmpuint(count_times(rig, HUB, WL_ATTRIBUTE_ALLOWED_V4, &rig->keys[LEAF]), >, 0);
    g_assert_cmpuint(count_times(rig, HUB, WL_ATTRIBUTE_ENDPOINT_V4, &rig->keys[LEAF]), >, 0);
    g_assert_cmpuint(count_times(rig, HUB, WL_ATTRIBUTE_METADATA, &rig->keys[HUB]), >, 0);
    g_assert_cmpuint(count_times(rig, HUB, WL_ATTRIBUTE_ALLOWED_V4, &rig->keys[HUB]), ==, 0);
    g_assert_cmpuint(count_times(rig, HUB, WL_ATTRIBUTE_ENDPOINT_V4, &rig->keys[HUB]), ==, 0);
    /* The own network, by default. */
    g_assert_cmpuint(count_times(rig, HUB, WL_ATTRIBUTE_ALLOWED_V4, &rig->keys[0]), >, 0);
    g_assert_true(rig_holds_allowed(rig, &rig->keys[0], "10.77.0.0/24"));
}

static void
test_offline_left_out(void)
{
    g_autoptr(Rig) rig = router_new();

    rig->handshakes[LEAF] = -1;
    rig_live(rig, SEC(20), HUB);
    rig_clear(rig);
    rig_live(rig, SEC(300), HUB);
    g_assert_cmpuint(count_times(rig, HUB, WL_ATTRIBUTE_ALLOWED_V4, &rig->keys[0]), >, 0);
    g_assert_cmpuint(count_times(rig, HUB, WL_ATTRIBUTE_METADATA, &rig->keys[LEAF]), ==, 0);
    g_assert_cmpuint(count_times(rig, HUB, WL_ATTRIBUTE_ALLOWED_V4, &rig->keys[LEAF]), ==, 0);
}

/* The first round does not filter offline members yet. */
static void
test_first_unfiltered(void)
{
    g_autoptr(Rig) rig = rig_new();
    WlEngineConfig *config = rig_config(rig, WL_ROLE_LEAF);

    rig_configure(rig, config, HUB, NULL, "10.77.0.0/24")->trust = WL_TRUST_MEMBERSHIP;
    rig_configure(rig, config, LEAF, NULL, "10.77.0.4/32");
    rig_device(rig, &rig->keys[HUB], HUB_ENDPOINT, "10.77.0.0/24");
    rig_device(rig, &rig->keys[LEAF], LEAF_ENDPOINT, "10.77.0.4/32");
    rig_start(rig, config);
    g_assert_cmpuint(count_times(rig, HUB, WL_ATTRIBUTE_ALLOWED_V4, &rig->keys[LEAF]), ==, 1);
    rig_live(rig, SEC(300), HUB);
    g_assert_cmpuint(count_times(rig, HUB, WL_ATTRIBUTE_ALLOWED_V4, &rig->keys[LEAF]), ==, 1);
}

/* A fact does not return to its source, and a relayed fact keeps its expiry. */
static void
test_relay(void)
{
    g_autoptr(Rig) rig = rig_new();
    WlEngineConfig *config = rig_config(rig, WL_ROLE_ROUTER);
    gboolean relayed = FALSE;

    rig_configure(rig, config, HUB, NULL, "10.77.0.3/32")->trust = WL_TRUST_MEMBERSHIP;
    rig_configure(rig, config, LEAF, NULL, "10.77.0.4/32");
    rig_device(rig, &rig->keys[HUB], HUB_ENDPOINT, "10.77.0.3/32");
    rig_device(rig, &rig->keys[LEAF], LEAF_ENDPOINT, "10.77.0.4/32");
    rig_start(rig, config);
    rig_live(rig, SEC(20), LEAF);
    rig_receive_allowed(rig, HUB, &rig->keys[HUB], "10.99.0.0/24");
    rig_clear(rig);
    rig_run(rig, SEC(5));
    for (guint i = 0; i < rig->sent->len; i++) {
        const RigSent *sent = rig->sent->pdata[i];

        for (guint n = 0; n < sent->facts->len; n++) {
            const WlFact *fact = &g_array_index(sent->facts, WlFact, n);

            if (fact->attribute == WL_ATTRIBUTE_ALLOWED_V4 &&
                fact->value.prefix.ip.bytes[1] == 99) {
                g_assert_true(wl_key_equal(&sent->to, &rig->keys[LEAF]));
                g_assert_cmpuint(fact->ttl, <, 255);
                g_assert_cmpuint(fact->ttl, >=, 249);
                relayed = TRUE;
            }
        }
    }
    g_assert_true(relayed);
}

/* ---- acceptance (docs/protocol.md 6.3) ----------------------------------------------------- */

static WlFact
some_fact(guint8 attribute, const WlKey *about)
{
    WlFact fact = {0};
    WlEndpoint endpoint =
        rig_endpoint(attribute == WL_ATTRIBUTE_ENDPOINT_V6 ? "[2001:db8::9]:9" : "198.51.100.9:9");
    g_autoptr(WlMetadata) metadata = wl_metadata_new("x", -1);
    WlPrefix prefix;

    switch (attribute) {
    case WL_ATTRIBUTE_ALIVE:
        wl_fact_init_alive(&fact, about, &(WlBootId){{1}}, 0);
        break;
    case WL_ATTRIBUTE_ENDPOINT_V4:
    case WL_ATTRIBUTE_ENDPOINT_V6:
        wl_fact_init_endpoint(&fact, about, &endpoint, 0);
        break;
    case WL_ATTRIBUTE_ALLOWED_V4:
    case WL_ATTRIBUTE_ALLOWED_V6:
        g_assert_true(wl_prefix_parse(
            attribute == WL_ATTRIBUTE_ALLOWED_V6 ? "2001:db8:9::/48" : "10.9.0.0/16", &prefix));
        wl_fact_init_allowed(&fact, about, &prefix, 0);
        break;
    case WL_ATTRIBUTE_METADATA:
        wl_fact_init_metadata(&fact, about, metadata, 0);
        break;
    default:
        fact.attribute = attribute;
        fact.subject = *about;
        break;
    }
    return fact;
}

static WlTrust
level_of(JsonArray *row)
{
    for (WlTrust level = WL_TRUST_UNTRUSTED; level <= WL_TRUST_DELEGATE; level++) {
        if (!json_array_get_null_element(row, 2) &&
            g_str_equal(wl_trust_to_string(level), json_array_get_string_element(row, 2)))
            return level;
    }
    return WL_TRUST_UNSET;
}

static void
test_accept(gconstpointer data)
{
    JsonArray *row = (JsonArray *) data;
    guint8 attribute = (guint8) json_array_get_string_element(row, 0)[0];
    WlTrust level = level_of(row);
    g_autoptr(Rig) rig = rig_new();
    WlEngineConfig *config = rig_config(rig, WL_ROLE_LEAF);
    g_auto(WlFact) fact = some_fact(attribute, &rig->keys[LEAF]);

    /* No evaluator knows a key that is neither configured nor in the device. */
    if (level != WL_TRUST_UNSET)
        rig_configure(rig, config, HUB, NULL, NULL)->trust = level;
    if (json_array_get_boolean_element(row, 1))
        rig_device(rig, &rig->keys[LEAF], LEAF_ENDPOINT, NULL);
    rig_start(rig, config);
    rig_receive(rig, HUB, &fact, 255);
    rig_run(rig, RIG_TICK);
    g_assert_cmpint(rig_holds(rig, &fact), ==, json_array_get_boolean_element(row, 3));
}

/* ---- evaluators (docs/protocol.md 6.2) ----------------------------------------------------- */

typedef struct {
    const char *name;
    gboolean in_device, router;
    WlTrust own, other;                 /* configured for our own key and for a third peer */
    gboolean endpoint, allowed, member; /* accepted about a known subject */
} TrustRow;

static const TrustRow trusts[] = {
    {"stranger", FALSE, FALSE, WL_TRUST_UNSET, WL_TRUST_UNSET, FALSE, FALSE, FALSE},
    {"known", TRUE, FALSE, WL_TRUST_UNSET, WL_TRUST_UNSET, TRUE, FALSE, FALSE},
    {"router", TRUE, TRUE, WL_TRUST_UNSET, WL_TRUST_UNSET, TRUE, TRUE, TRUE},
    {"router-other-trusted", TRUE, TRUE, WL_TRUST_UNSET, WL_TRUST_MEMBERSHIP, TRUE, FALSE, FALSE},
    {"router-other-untrusted", TRUE, TRUE, WL_TRUST_UNSET, WL_TRUST_UNTRUSTED, TRUE, FALSE, FALSE},
    {"router-own-trusted", TRUE, TRUE, WL_TRUST_ENDPOINT, WL_TRUST_UNSET, TRUE, FALSE, FALSE},
};

static void
test_trust(gconstpointer data)
{
    const TrustRow *row = data;
    g_autoptr(Rig) rig = rig_new();
    WlEngineConfig *config = rig_config(rig, WL_ROLE_LEAF);
    g_auto(WlFact) member = some_fact(WL_ATTRIBUTE_METADATA, &rig->keys[LEAF]);

    rig_configure(rig, config, 0, NULL, NULL)->trust = row->own;
    rig_configure(rig, config, 3, NULL, NULL)->trust = row->other;
    rig_device(rig, &rig->keys[LEAF], LEAF_ENDPOINT, NULL);
    if (row->in_device)
        rig_device(rig, &rig->keys[HUB], HUB_ENDPOINT, row->router ? "10.77.0.0/24" : NULL);
    rig_start(rig, config);
    rig_receive_endpoint(rig, HUB, &rig->keys[LEAF], "198.51.100.9:9");
    rig_receive_allowed(rig, HUB, &rig->keys[LEAF], "10.9.0.0/16");
    rig_receive(rig, HUB, &member, 255);
    rig_run(rig, RIG_TICK);
    g_assert_cmpint(rig_holds_endpoint(rig, &rig->keys[LEAF], "198.51.100.9:9"), ==, row->endpoint);
    g_assert_cmpint(rig_holds_allowed(rig, &rig->keys[LEAF], "10.9.0.0/16"), ==, row->allowed);
    g_assert_cmpint(rig_holds(rig, &member), ==, row->member);
}

/* ---- router detection (docs/protocol.md 6.5) ----------------------------------------------- */

static void
test_router(gconstpointer data)
{
    JsonObject *row = (JsonObject *) data;
    g_autoptr(Rig) rig = rig_new();

    rig_device(rig, &rig->keys[LEAF], LEAF_ENDPOINT, "10.77.0.4/32");
    rig_device(rig, &rig->keys[HUB], HUB_ENDPOINT,
               json_object_get_string_member(row, "allowed_ip"));
    rig_start(rig, rig_config(rig, WL_ROLE_AUTOMATIC));
    g_assert_cmpint(go_is_router(rig->daemon), ==, !json_object_get_boolean_member(row, "router"));
}

static void
test_alone_is_router(void)
{
    g_autoptr(Rig) rig = rig_new();

    rig_start(rig, rig_config(rig, WL_ROLE_AUTOMATIC));
    g_assert_true(go_is_router(rig->daemon));
    g_assert_true(rig_holds_allowed(rig, &rig->keys[0], "10.77.0.0/24"));
    rig_device(rig, &rig->keys[HUB], HUB_ENDPOINT, "10.77.0.0/24");
    rig_run(rig, RIG_TICK);
    g_assert_false(go_is_router(rig->daemon));
    g_assert_false(rig_holds_allowed(rig, &rig->keys[0], "10.77.0.0/24"));
}

/* ---- receiving (docs/protocol.md 5.3) ------------------------------------------------------ */

static void
test_received(void)
{
    g_autoptr(Rig) rig = router_new();
    GoPeer peer;
    WlFact foreign;

    /* Endpoints that route through the tunnel; link-local and multicast ones are accepted. */
    rig_receive_endpoint(rig, HUB, &rig->keys[LEAF], "10.77.0.9:1");
    rig_receive_endpoint(rig, HUB, &rig->keys[LEAF], "224.0.0.1:0");
    /* An Alive about another member makes no member alive. */
    wl_fact_init_alive(&foreign, &rig->keys[LEAF], &rig->boot_ids[LEAF], 0);
    rig_receive(rig, HUB, &foreign, 255);
    rig_run(rig, RIG_TICK);
    g_assert_false(rig_holds_endpoint(rig, &rig->keys[LEAF], "10.77.0.9:1"));
    g_assert_true(rig_holds_endpoint(rig, &rig->keys[LEAF], "224.0.0.1:0"));
    g_assert_true(go_get_peer(rig->daemon, &rig->keys[LEAF], &peer));
    g_assert_false(peer.alive);
    g_assert_true(go_get_peer(rig->daemon, &rig->keys[HUB], &peer));
    g_assert_false(peer.alive);
    g_assert_false(rig_holds(rig, &foreign));
}

/* A fact that the daemon no longer originates is pruned, even if it was received as well. */
static void
test_pruned(void)
{
    g_autoptr(Rig) rig = rig_new();
    WlEngineConfig *config = rig_config(rig, WL_ROLE_LEAF);

    rig_configure(rig, config, HUB, HUB_ENDPOINT, NULL)->trust = WL_TRUST_MEMBERSHIP;
    rig_device(rig, &rig->keys[HUB], HUB_ENDPOINT, NULL);
    rig_start(rig, config);
    rig_receive_endpoint(rig, HUB, &rig->keys[HUB], HUB_ENDPOINT);
    rig_run(rig, RIG_TICK);
    g_assert_true(rig_holds_endpoint(rig, &rig->keys[HUB], HUB_ENDPOINT));
    /* The peer comes up by an Alive from elsewhere: the old endpoint is no local fact any more. */
    rig_receive_alive(rig, HUB);
    rig_run(rig, 3 * RIG_TICK);
    g_assert_false(rig_holds_endpoint(rig, &rig->keys[HUB], HUB_ENDPOINT));
}

static void
add_vectors(JsonObject *root)
{
    JsonArray *rows =
        json_object_get_array_member(json_object_get_object_member(root, "should_accept"), "rows");
    JsonArray *routers = json_object_get_array_member(root, "is_peer_router");

    g_assert_cmpuint(json_array_get_length(rows), >, 80);
    for (guint i = 0; i < json_array_get_length(rows); i++) {
        JsonArray *row = json_array_get_array_element(rows, i);
        g_autofree char *name = g_strdup_printf("/go/accept/%02u", i);

        /* Only the attributes that can be inside a group. */
        if (strchr("!eEaAmM", json_array_get_string_element(row, 0)[0]))
            g_test_add_data_func(name, row, test_accept);
    }
    g_assert_cmpuint(json_array_get_length(routers), >, 8);
    for (guint i = 0; i < json_array_get_length(routers); i++) {
        g_autofree char *name = g_strdup_printf("/go/router/%02u", i);

        g_test_add_data_func(name, json_array_get_object_element(routers, i), test_router);
    }
}

int
main(int argc, char **argv)
{
    g_autoptr(JsonParser) parser = json_parser_new();
    g_autofree char *path = NULL;

    g_test_init(&argc, &argv, NULL);
    g_assert_nonnull(g_getenv("WL_TEST_VECTORS"));
    path = g_build_filename(g_getenv("WL_TEST_VECTORS"), "wirelink-vectors.json", NULL);
    g_assert_true(json_parser_load_from_file(parser, path, NULL));
    for (guint i = 0; i < G_N_ELEMENTS(levels); i++) {
        g_autofree char *name = g_strdup_printf("/go/level/%s", levels[i].name);
        g_test_add_data_func(name, &levels[i], test_level);
    }
    for (guint i = 0; i < G_N_ELEMENTS(trusts); i++) {
        g_autofree char *name = g_strdup_printf("/go/trust/%s", trusts[i].name);
        g_test_add_data_func(name, &trusts[i], test_trust);
    }
    add_vectors(json_node_get_object(json_parser_get_root(parser)));
    g_test_add_func("/go/own-facts-left-out", test_own_facts_left_out);
    g_test_add_func("/go/offline-left-out", test_offline_left_out);
    g_test_add_func("/go/first-unfiltered", test_first_unfiltered);
    g_test_add_func("/go/relay", test_relay);
    g_test_add_func("/go/alone-is-router", test_alone_is_router);
    g_test_add_func("/go/received", test_received);
    g_test_add_func("/go/pruned", test_pruned);
    return g_test_run();
}
