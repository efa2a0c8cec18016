/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The state of a running service reaches the model, disappears with the service, and is optional
 * for users who may not read it. The bus is a real one with a mock service on it. */

#include "editor-test.h"

#include <string.h>

#include "model/wl-live-bus.h"

#define UUID "5c1f8d2e-2a0b-4b2c-9a55-0c3f5d5a9d10"
#define ROOT "/org/freedesktop/NetworkManager/wirelink"
#define LINK "org.freedesktop.NetworkManager.wirelink1.Link"
#define PEER "org.freedesktop.NetworkManager.wirelink1.Peer"
#define NM   "org.freedesktop.NetworkManager"

#define NM_PATH "/org/freedesktop/NetworkManager"

static const char xml[] =
    "<node><interface name='org.freedesktop.DBus.ObjectManager'>"
    "<method name='GetManagedObjects'><arg type='a{oa{sa{sv}}}' direction='out'/></method>"
    "</interface><interface name='" LINK "'>"
    "<method name='GetFacts'><arg type='aa{sv}' direction='out'/></method></interface>"
    "<interface name='" NM "'>"
    "<property name='ActiveConnections' type='ao' access='read'/></interface>"
    "<interface name='" NM ".Connection.Active'>"
    "<property name='Uuid' type='s' access='read'/></interface></node>";

typedef struct {
    GTestDBus *daemon;
    GDBusConnection *service;
    GDBusNodeInfo *node;
    gboolean refuses;        /* as the service does for other users */
    const char *link;        /* further properties of the link, as text of a GVariant */
    const char *active_uuid; /* of the second active connection of NetworkManager */
    guint round_trip;        /* of the hub, in microseconds */
    guint n_refused, n_asked, n_lives;
    WlEditorModel *model;
    WlEditorBus *bus;
} Fixture;

static GVariant *
objects(const Fixture *self)
{
    g_autofree char *text = g_strdup_printf(
        "({objectpath '" ROOT "/link': {'" LINK "': {'Uuid': <'" UUID "'>%s}}, "
        "'" ROOT "/peer/1': {'" PEER "': {'PublicKey': <'" HUB_KEY "'>, 'State': <'direct'>, "
        "'Configured': <true>, 'AllowedIPs': <['10.77.0.0/24', '10.77.0.1/32']>, "
        "'RoundTrip': <uint32 %u>, 'RxBytes': <uint64 5000000000>, 'TxBytes': <uint64 7>}}, "
        "'" ROOT "/peer/2': {'" PEER "': {'PublicKey': <'" PHONE_KEY "'>, 'Name': <'phone'>, "
        "'State': <'connecting'>, 'Configured': <false>}}},)",
        self->link, self->round_trip);

    return g_variant_parse(G_VARIANT_TYPE("(a{oa{sa{sv}}})"), text, NULL, NULL, NULL);
}

/* The hub advertised the phone and its address; its claim to the whole internet was refused. */
static GVariant *
facts(void)
{
    return g_variant_parse(
        G_VARIANT_TYPE("(aa{sv})"),
        "([{'Subject': <'" PHONE_KEY "'>, 'Type': <'member'>, 'Value': <'phone'>, "
        "'Source': <'" HUB_KEY "'>, 'SourceName': <'hub'>, 'Accepted': <true>}, "
        "{'Subject': <'" PHONE_KEY "'>, 'Type': <'allowed-ips'>, 'Value': <'10.77.0.9/32'>, "
        "'Source': <'" HUB_KEY "'>, 'SourceName': <'hub'>, 'Accepted': <true>}, "
        "{'Subject': <'" PHONE_KEY "'>, 'Type': <'allowed-ips'>, 'Value': <'0.0.0.0/0'>, "
        "'Source': <'" HUB_KEY "'>, 'SourceName': <'hub'>, 'Accepted': <false>}],)",
        NULL, NULL, NULL);
}

static void
on_method(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *method, GVariant *parameters, GDBusMethodInvocation *invocation,
          gpointer user_data)
{
    Fixture *self = user_data;

    if (self->refuses) {
        self->n_refused++;
        g_dbus_method_invocation_return_dbus_error(
            invocation, "org.freedesktop.DBus.Error.AccessDenied", "not yours");
    } else {
        g_autoptr(GVariant) answer = g_str_equal(method, "GetFacts") ? facts() : objects(self);

        g_dbus_method_invocation_return_value(invocation, answer);
    }
}

static GVariant *
on_get(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
       const char *property, GError **error, gpointer user_data)
{
    static const char *const active[] = {NM_PATH "/ActiveConnection/1",
                                         NM_PATH "/ActiveConnection/2", NULL};
    Fixture *self = user_data;

    if (g_str_equal(property, "ActiveConnections"))
        return g_variant_new_objv(active, -1);
    self->n_asked++;
    return g_variant_new_string(g_str_equal(path, active[1]) ? self->active_uuid
                                                             : "of something else");
}

static void
call_daemon(Fixture *self, const char *method, GVariant *parameters)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply = g_dbus_connection_call_sync(
        self->service, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
        method, parameters, NULL, G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

    g_assert_no_error(error);
}

static void
start_service(Fixture *self)
{
    call_daemon(self, "RequestName", g_variant_new("(su)", WL_PROFILE_SERVICE_TYPE, 0));
}

static void
stop_service(Fixture *self)
{
    call_daemon(self, "ReleaseName", g_variant_new("(s)", WL_PROFILE_SERVICE_TYPE));
}

/* Without values, as the service sends it for profiles with users. */
static void
signal_change(Fixture *self, const char *interface)
{
    g_autoptr(GError) error = NULL;

    g_dbus_connection_emit_signal(self->service, NULL, ROOT "/link",
                                  "org.freedesktop.DBus.Properties", "PropertiesChanged",
                                  g_variant_new("(sa{sv}as)", interface, NULL, NULL), &error);
    g_assert_no_error(error);
}

static void
on_changed(WlEditorModel *model, WlEditorChange change, gpointer user_data)
{
    Fixture *self = user_data;

    if (change & WL_EDITOR_CHANGE_LIVE)
        self->n_lives++;
}

static gboolean
on_deadline(gpointer user_data)
{
    *(gboolean *) user_data = TRUE;
    return G_SOURCE_REMOVE;
}

/* Until *@count is more than @before. */
static void
wait_for_more(const guint *count, guint before)
{
    gboolean late = FALSE;
    guint deadline = g_timeout_add_seconds(10, on_deadline, &late);

    while (*count <= before && !late)
        g_main_context_iteration(NULL, TRUE);
    if (!late)
        g_source_remove(deadline);
    g_assert_false(late);
}

static GDBusConnection *
connect_service(Fixture *self)
{
    static const GDBusInterfaceVTable vtable = {.method_call = on_method, .get_property = on_get};
    static const struct {
        const char *path;
        guint interface;
    } exported[] = {{ROOT, 0},
                    {ROOT "/link", 1},
                    {NM_PATH, 2},
                    {NM_PATH "/ActiveConnection/1", 3},
                    {NM_PATH "/ActiveConnection/2", 3}};
    g_autoptr(GError) error = NULL;
    GDBusConnection *connection =
        g_dbus_connection_new_for_address_sync(g_test_dbus_get_bus_address(self->daemon),
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, &error);

    g_assert_no_error(error);
    self->node = g_dbus_node_info_new_for_xml(xml, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < G_N_ELEMENTS(exported); i++) {
        g_assert_cmpuint(
            g_dbus_connection_register_object(connection, exported[i].path,
                                              self->node->interfaces[exported[i].interface],
                                              &vtable, self, NULL, &error),
            >, 0);
        g_assert_no_error(error);
    }
    return connection;
}

static void
set_up(Fixture *self, gconstpointer data)
{
    self->link = "";
    self->daemon = g_test_dbus_new(G_TEST_DBUS_NONE);
    g_test_dbus_up(self->daemon);
    g_setenv("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address(self->daemon), TRUE);
    self->service = connect_service(self);
    self->model = test_model_of_two();
    wl_editor_model_set_changed_func(self->model, on_changed, self);
}

static void
tear_down(Fixture *self, gconstpointer data)
{
    wl_editor_bus_free(self->bus);
    /* Canceled calls hold the connection until they end. */
    while (g_main_context_iteration(NULL, FALSE))
        ;
    wl_editor_model_free(self->model);
    g_dbus_connection_close_sync(self->service, NULL, NULL);
    g_object_unref(self->service);
    g_dbus_node_info_unref(self->node);
    g_test_dbus_stop(self->daemon);
    g_object_unref(self->daemon);
}

static void
open_editor(Fixture *self)
{
    self->bus = wl_editor_bus_new(self->model, UUID);
}

/* The profile is edited and saved as if there were no live view. */
static void
assert_can_be_saved(Fixture *self)
{
    g_autoptr(NMConnection) connection = nm_simple_connection_new();
    g_autoptr(GError) error = NULL;

    wl_editor_model_set_text(self->model, NULL, "mtu", "1380");
    g_assert_true(wl_editor_model_apply(self->model, connection, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(test_data(connection, "mtu"), ==, "1380");
}

static void
test_not_running(Fixture *self, gconstpointer data)
{
    open_editor(self);
    assert_can_be_saved(self);
    g_assert_null(wl_editor_model_get_live(self->model));
    start_service(self);
    wait_for_more(&self->n_lives, 0);
    g_assert_nonnull(wl_editor_model_get_live(self->model));
    stop_service(self);
    wait_for_more(&self->n_lives, 1);
    g_assert_null(wl_editor_model_get_live(self->model));
    assert_can_be_saved(self);
}

/* Reading is denied, then allowed, then denied. */
static void
test_refused(Fixture *self, gconstpointer data)
{
    self->refuses = TRUE;
    start_service(self);
    open_editor(self);
    wait_for_more(&self->n_refused, 0);
    assert_can_be_saved(self);
    self->refuses = FALSE;
    signal_change(self, PEER);
    wait_for_more(&self->n_lives, 0);
    g_assert_cmpuint(self->n_lives, ==, 1);
    g_assert_nonnull(wl_editor_model_get_live(self->model));
    self->refuses = TRUE;
    signal_change(self, PEER);
    wait_for_more(&self->n_lives, 1);
    g_assert_null(wl_editor_model_get_live(self->model));
    g_assert_null(wl_editor_model_dup_pending(self->model));
    assert_can_be_saved(self);
}

/* If reading is denied, NetworkManager tells whether the profile is active. */
static void
test_hidden(Fixture *self, gconstpointer data)
{
    self->refuses = TRUE;
    self->active_uuid = "of another profile of wirelink";
    call_daemon(self, "RequestName", g_variant_new("(su)", NM, 0));
    start_service(self);
    open_editor(self);
    wait_for_more(&self->n_asked, 1);
    self->active_uuid = UUID;
    signal_change(self, PEER);
    wait_for_more(&self->n_lives, 0);
    g_assert_cmpuint(self->n_asked, ==, 4); /* at first another profile was active */
    g_assert_null(wl_editor_model_get_live(self->model));
    g_assert_nonnull(
        strstr(wl_editor_model_get_live_note(self->model), "Only users of this connection"));
    assert_can_be_saved(self);
    /* activated again, for all users */
    self->refuses = FALSE;
    signal_change(self, PEER);
    wait_for_more(&self->n_lives, 1);
    g_assert_nonnull(wl_editor_model_get_live(self->model));
    g_assert_null(wl_editor_model_get_live_note(self->model));
    self->refuses = TRUE;
    signal_change(self, PEER);
    wait_for_more(&self->n_lives, 2);
    g_assert_nonnull(
        strstr(wl_editor_model_get_live_note(self->model), "Only users of this connection"));
    stop_service(self);
    wait_for_more(&self->n_lives, 3);
    g_assert_nonnull(
        strstr(wl_editor_model_get_live_note(self->model), "While the connection is active"));
}

static void
assert_state(Fixture *self, const char *pending, const char *error)
{
    g_autofree char *pending_text = wl_editor_model_dup_pending(self->model);
    g_autofree char *error_text = wl_editor_model_dup_profile_error(self->model);

    g_assert_cmpstr(pending_text, ==, pending);
    g_assert_cmpstr(error_text, ==, error);
}

#define PENDING "Changes that take effect at the next activation: "
#define WRONG   "The saved settings have an error, so the previous ones are still in use: "

static void
test_profile_state(Fixture *self, gconstpointer data)
{
    static const struct {
        const char *link, *pending, *error;
    } cases[] = {
        {", 'PendingKeys': <['mtu', 'peer-2-preshared-key', 'peer-9-name', 'color']>", //
         PENDING "MTU, Preshared key of laptop, Name of peer 9, color", NULL},
        {", 'ProfileError': <'peer-1-endpoint: nowhere has no port'>", NULL,
         WRONG "Endpoints of hub: nowhere has no port"},
        {", 'PendingKeys': <['mtu']>, 'ProfileError': <'no peer is left'>", PENDING "MTU",
         WRONG "no peer is left"},
        {", 'PendingKeys': <['a','b','c','d','e','f','g','h','i','j','k','l','m','n']>",
         PENDING "a, b, c, d, e, f, g, h, i, j, k, l and 2 more", NULL},
        {", 'PendingKeys': <@as []>, 'ProfileError': <''>", NULL, NULL},
        {", 'PendingKeys': <'mtu'>, 'ProfileError': <1>", NULL, NULL},
    };

    start_service(self);
    open_editor(self);
    wait_for_more(&self->n_lives, 0);
    assert_state(self, NULL, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint before = self->n_lives;

        self->link = cases[i].link;
        signal_change(self, LINK);
        wait_for_more(&self->n_lives, before);
        assert_state(self, cases[i].pending, cases[i].error);
    }
}

/* The service names peers by their saved numbers, wherever the editor moves them. */
static void
test_moved_peer(Fixture *self, gconstpointer data)
{
    self->link = ", 'PendingKeys': <['peer-2-preshared-key']>";
    start_service(self);
    open_editor(self);
    wait_for_more(&self->n_lives, 0);
    wl_editor_model_move_peer(self->model, wl_editor_model_get_peer(self->model, 1), 0);
    assert_can_be_saved(self); /* which renumbers them */
    assert_state(self, PENDING "Preshared key of laptop", NULL);
}

/* A discovered member becomes a peer of the profile and is removed again. */
static void
test_discovered_member(Fixture *self, gconstpointer data)
{
    g_autoptr(NMConnection) connection = nm_simple_connection_new();
    g_autoptr(GError) error = NULL;
    g_autofree char *facts = NULL;
    WlEditorPeer *peer;

    start_service(self);
    open_editor(self);
    wait_for_more(&self->n_lives, 0);
    g_assert_null(wl_editor_model_find_peer(self->model, PHONE_KEY));
    facts = wl_editor_live_dup_facts(wl_editor_model_get_live(self->model), PHONE_KEY);
    g_assert_nonnull(strstr(facts, "Member, from hub"));
    peer = wl_editor_model_trust_member(self->model, PHONE_KEY, WL_PROFILE_TRUST_UNSET);
    g_assert_nonnull(peer);
    g_assert_true(wl_editor_model_apply(self->model, connection, &error));
    g_assert_no_error(error);
    g_assert_cmpstr(test_data(connection, "peer-3-public-key"), ==, PHONE_KEY);
    g_assert_cmpstr(test_data(connection, "peer-3-name"), ==, "phone");
    /* without the refused ones */
    g_assert_cmpstr(test_data(connection, "peer-3-allowed-ips"), ==, "10.77.0.9/32");
    g_assert_null(wl_editor_model_trust_member(self->model, PHONE_KEY, WL_PROFILE_TRUST_UNSET));
    wl_editor_model_remove_peer(self->model, peer);
    g_assert_true(wl_editor_model_apply(self->model, connection, &error));
    g_assert_no_error(error);
    g_assert_null(test_data(connection, "peer-3-public-key"));
    g_assert_cmpstr(test_data(connection, "peer-2-public-key"), ==, LAPTOP_KEY);
}

/* What the service does not signal is read periodically while the page is visible. */
static void
test_watched(Fixture *self, gconstpointer data)
{
    const WlEditorLivePeer *hub;

    self->round_trip = 2000;
    start_service(self);
    open_editor(self);
    wl_editor_bus_set_watched(self->bus, TRUE); /* before anything is known */
    wait_for_more(&self->n_lives, 0);
    hub = wl_editor_live_find(wl_editor_model_get_live(self->model), HUB_KEY);
    g_assert_cmpuint(hub->round_trip, ==, 2000);
    g_assert_cmpuint(hub->received, ==, 5000000000);
    g_assert_cmpuint(hub->sent, ==, 7);
    g_assert_cmpstr(hub->address, ==, "10.77.0.1");
    self->round_trip = 3000;
    wait_for_more(&self->n_lives, 1);
    hub = wl_editor_live_find(wl_editor_model_get_live(self->model), HUB_KEY);
    g_assert_cmpuint(hub->round_trip, ==, 3000);
    wl_editor_bus_set_watched(self->bus, FALSE);
    wl_editor_bus_set_watched(self->bus, TRUE);
    wait_for_more(&self->n_lives, 2);
}

static void
add(const char *path, void (*test)(Fixture *, gconstpointer))
{
    g_test_add(path, Fixture, NULL, set_up, test, tear_down);
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_set_nonfatal_assertions(); /* the daemon would be left behind */
    add("/editor/bus/not-running", test_not_running);
    add("/editor/bus/refused", test_refused);
    add("/editor/bus/hidden", test_hidden);
    add("/editor/bus/profile-state", test_profile_state);
    add("/editor/bus/moved-peer", test_moved_peer);
    add("/editor/bus/discovered-member", test_discovered_member);
    add("/editor/bus/watched", test_watched);
    return g_test_run();
}
