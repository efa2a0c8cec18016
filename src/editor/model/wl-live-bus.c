/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-live-bus.h"

#include <gio/gio.h>

#include "wl-live-text.h"
#include "wl-model.h"
#include "wl-read.h"

#define BASE_NAME  WL_PROFILE_SERVICE_TYPE
#define ROOT       "/org/freedesktop/NetworkManager/wirelink"
#define LINK_PATH  ROOT "/link"
#define LINK       "org.freedesktop.NetworkManager.wirelink1.Link"
#define PEER       "org.freedesktop.NetworkManager.wirelink1.Peer"
#define MANAGER    "org.freedesktop.DBus.ObjectManager"
#define PROPERTIES "org.freedesktop.DBus.Properties"
#define NM         "org.freedesktop.NetworkManager"
#define NM_PATH    "/org/freedesktop/NetworkManager"
#define TIMEOUT    2000 /* ms, for each call */
#define PAUSE      300  /* ms from a change to reading, so that a burst is read once */
#define WATCH      2000 /* ms from reading to reading while watched, at least */
#define WATCH_PEER 20   /* ms more for each peer, so that a large network costs no more */
#define MAX_PEERS  2000
#define MAX_FACTS  10000

struct _WlEditorBus {
    WlEditorModel *model;
    char *uuid;
    GDBusConnection *connection;
    GCancellable *cancellable; /* of all calls; once canceled, the struct is freed */
    guint subscriptions[5];
    guint timer;
    gboolean reading, again;
    gboolean watched;
    guint watch_timer;
    gboolean refused;   /* a service denied reading its profile */
    gboolean active;    /* NetworkManager lists our profile as active */
    guint pending;      /* calls without a reply yet */
    WlEditorLive *live; /* being read */
};

static gboolean read_now(gpointer user_data);

/* NULL with *@canceled TRUE if canceled: the bus struct is freed then. NULL with FALSE on other
 * errors. */
static GVariant *
finish(GObject *source, GAsyncResult *result, gboolean *canceled, gboolean *refused)
{
    g_autoptr(GError) error = NULL;
    GVariant *reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);

    *canceled = g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    if (refused)
        *refused = g_error_matches(error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED);
    return reply;
}

static void
call(WlEditorBus *bus, const char *owner, const char *path, const char *interface,
     const char *method, GVariant *parameters, const char *reply_type, GAsyncReadyCallback callback)
{
    bus->pending++;
    g_dbus_connection_call(bus->connection, owner, path, interface, method, parameters,
                           G_VARIANT_TYPE(reply_type), G_DBUS_CALL_FLAGS_NO_AUTO_START, TIMEOUT,
                           bus->cancellable, callback, bus);
}

static void
schedule(WlEditorBus *bus)
{
    if (bus->reading)
        bus->again = TRUE;
    else if (!bus->timer)
        bus->timer = g_timeout_add(PAUSE, read_now, bus);
}

static gboolean
on_watch(gpointer user_data)
{
    WlEditorBus *bus = user_data;

    bus->watch_timer = 0;
    if (!bus->reading && !bus->timer)
        read_now(bus);
    return G_SOURCE_REMOVE;
}

/* Only a running service has something to watch; its start is signaled. */
static void
watch(WlEditorBus *bus, guint n_peers)
{
    if (bus->watched && n_peers && !bus->watch_timer)
        bus->watch_timer = g_timeout_add(WATCH + n_peers * WATCH_PEER, on_watch, bus);
}

void
wl_editor_bus_set_watched(WlEditorBus *bus, gboolean watched)
{
    const WlEditorLive *live = wl_editor_model_get_live(bus->model);

    bus->watched = watched;
    if (!watched)
        g_clear_handle_id(&bus->watch_timer, g_source_remove);
    watch(bus, live ? live->peers->len : 0);
}

static void ask_what_is_active(WlEditorBus *bus);

/* After the last reply, gives the model what was read, which may be nothing. */
static void
end_call(WlEditorBus *bus)
{
    guint n_peers;

    if (--bus->pending)
        return;
    if (bus->refused && !bus->live) {
        bus->refused = FALSE;
        ask_what_is_active(bus);
        return;
    }
    bus->reading = FALSE;
    n_peers = bus->live ? bus->live->peers->len : 0;
    if (bus->active && !bus->live)
        wl_editor_model_hide_live(bus->model);
    else
        wl_editor_model_set_live(bus->model, g_steal_pointer(&bus->live));
    if (bus->again)
        schedule(bus);
    bus->again = FALSE;
    watch(bus, n_peers);
}

/* ---- reading is denied: is our profile active? ------------------------------------------ */

static void
on_active_uuid(GObject *source, GAsyncResult *result, gpointer user_data)
{
    WlEditorBus *bus = user_data;
    gboolean canceled;
    g_autoptr(GVariant) reply = finish(source, result, &canceled, NULL);
    g_autoptr(GVariant) uuid = NULL;

    if (canceled)
        return;
    if (reply)
        g_variant_get(reply, "(v)", &uuid);
    if (uuid && g_variant_is_of_type(uuid, G_VARIANT_TYPE_STRING) &&
        g_str_equal(g_variant_get_string(uuid, NULL), bus->uuid))
        bus->active = TRUE;
    end_call(bus);
}

static void
get_property(WlEditorBus *bus, const char *path, const char *interface, const char *name,
             GAsyncReadyCallback callback)
{
    call(bus, NM, path, PROPERTIES, "Get", g_variant_new("(ss)", interface, name), "(v)", callback);
}

static void
on_active_connections(GObject *source, GAsyncResult *result, gpointer user_data)
{
    WlEditorBus *bus = user_data;
    gboolean canceled;
    g_autoptr(GVariant) reply = finish(source, result, &canceled, NULL);
    g_autoptr(GVariant) paths = NULL;
    GVariantIter iter;
    const char *path;

    if (canceled)
        return;
    if (reply)
        g_variant_get(reply, "(v)", &paths);
    if (paths && g_variant_is_of_type(paths, G_VARIANT_TYPE_OBJECT_PATH_ARRAY)) {
        g_variant_iter_init(&iter, paths);
        while (g_variant_iter_next(&iter, "&o", &path))
            get_property(bus, path, NM ".Connection.Active", "Uuid", on_active_uuid);
    }
    end_call(bus);
}

static void
ask_what_is_active(WlEditorBus *bus)
{
    get_property(bus, NM_PATH, NM, "ActiveConnections", on_active_connections);
}

/* ---- reading is allowed ------------------------------------------------------------------ */

static const char *
text_of(GVariant *properties, const char *name)
{
    const char *text = "";

    g_variant_lookup(properties, name, "&s", &text);
    return text;
}

/* The translated sentence if the service sends a known id, else its English one. */
static char *
dup_sentence(GVariant *properties, const char *id, const char *arguments, const char *english)
{
    g_autofree const char **filled = NULL;

    g_variant_lookup(properties, arguments, "^a&s", &filled);
    return wl_editor_live_sentence(text_of(properties, id), filled, text_of(properties, english));
}

static void
on_facts(GObject *source, GAsyncResult *result, gpointer user_data)
{
    WlEditorBus *bus = user_data;
    gboolean canceled;
    g_autoptr(GVariant) reply = finish(source, result, &canceled, NULL);
    g_autoptr(GVariantIter) facts = NULL;
    GVariant *properties;

    if (canceled)
        return;
    if (reply)
        g_variant_get(reply, "(aa{sv})", &facts);
    while (facts && bus->live->facts->len < MAX_FACTS &&
           g_variant_iter_next(facts, "@a{sv}", &properties)) {
        g_autofree char *reason = dup_sentence(properties, "ReasonId", "ReasonArguments", "Reason");
        WlEditorLiveFact fact = {
            .subject = (char *) text_of(properties, "Subject"),
            .type = (char *) text_of(properties, "Type"),
            .value = (char *) text_of(properties, "Value"),
            .source = (char *) text_of(properties, "Source"),
            .source_name = (char *) text_of(properties, "SourceName"),
            .reason = reason,
        };

        g_variant_lookup(properties, "Accepted", "b", &fact.accepted);
        wl_editor_live_add_fact(bus->live, &fact);
        g_variant_unref(properties);
    }
    end_call(bus);
}

/* The address of the peer itself, not of the networks behind it. */
static char *
dup_address(GVariant *properties)
{
    g_autofree const char **allowed = NULL;

    g_variant_lookup(properties, "AllowedIPs", "^a&s", &allowed);
    for (guint i = 0; allowed && allowed[i]; i++) {
        char *host = wl_editor_host_of_prefix(allowed[i]);

        if (host)
            return host;
    }
    return NULL;
}

static void
add_peer(WlEditorLive *live, GVariant *properties)
{
    g_autofree char *address = dup_address(properties);
    g_autofree char *reason = dup_sentence(properties, "ReasonId", "ReasonArguments", "Reason");
    WlEditorLivePeer peer = {
        .public_key = (char *) text_of(properties, "PublicKey"),
        .name = (char *) text_of(properties, "Name"),
        .state = (char *) text_of(properties, "State"),
        .reason_id = (char *) text_of(properties, "ReasonId"),
        .reason = reason,
        .endpoint = (char *) text_of(properties, "Endpoint"),
        .trust = (char *) text_of(properties, "Trust"),
        .address = address,
    };

    g_variant_lookup(properties, "Configured", "b", &peer.configured);
    g_variant_lookup(properties, "RoundTrip", "u", &peer.round_trip);
    g_variant_lookup(properties, "RxBytes", "t", &peer.received);
    g_variant_lookup(properties, "TxBytes", "t", &peer.sent);
    if (*peer.public_key && live->peers->len < MAX_PEERS)
        wl_editor_live_add_peer(live, &peer);
}

static void
take_link(WlEditorLive *live, GVariant *properties)
{
    g_autofree const char **pending = NULL;

    g_variant_lookup(properties, "PendingKeys", "^a&s", &pending);
    wl_editor_live_set_profile_state(live, pending, text_of(properties, "ProfileError"));
}

/* Reads the objects into bus->live if they are those of our profile. */
static gboolean
take_objects(WlEditorBus *bus, GVariant *reply)
{
    g_autoptr(GVariant) objects = g_variant_get_child_value(reply, 0);
    g_autoptr(GVariant) link = g_variant_lookup_value(objects, LINK_PATH, NULL);
    g_autoptr(GVariant) properties = link ? g_variant_lookup_value(link, LINK, NULL) : NULL;
    GVariantIter iter;
    GVariant *interfaces;

    if (!properties || g_strcmp0(text_of(properties, "Uuid"), bus->uuid))
        return FALSE;
    bus->live = wl_editor_live_new();
    take_link(bus->live, properties);
    g_variant_iter_init(&iter, objects);
    while (g_variant_iter_next(&iter, "{o@a{sa{sv}}}", NULL, &interfaces)) {
        g_autoptr(GVariant) peer = g_variant_lookup_value(interfaces, PEER, NULL);

        if (peer)
            add_peer(bus->live, peer);
        g_variant_unref(interfaces);
    }
    return TRUE;
}

typedef struct {
    WlEditorBus *bus;
    char *owner;
} Request;

static void
on_objects(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autofree Request *request = user_data;
    g_autofree char *owner = request->owner;
    WlEditorBus *bus = request->bus;
    gboolean canceled, refused;
    g_autoptr(GVariant) reply = finish(source, result, &canceled, &refused);

    if (canceled)
        return;
    bus->refused |= refused;
    /* One process owns the profile; ignore the others. */
    if (!bus->live && reply && take_objects(bus, reply))
        call(bus, owner, LINK_PATH, LINK, "GetFacts", NULL, "(aa{sv})", on_facts);
    end_call(bus);
}

static void
on_owners(GObject *source, GAsyncResult *result, gpointer user_data)
{
    WlEditorBus *bus = user_data;
    gboolean canceled;
    g_autoptr(GVariant) reply = finish(source, result, &canceled, NULL);
    g_autofree const char **owners = NULL;

    if (canceled)
        return;
    if (reply)
        g_variant_get(reply, "(^a&s)", &owners);
    for (guint i = 0; owners && owners[i]; i++) {
        Request *request = g_new(Request, 1);

        request->bus = bus;
        request->owner = g_strdup(owners[i]);
        bus->pending++;
        g_dbus_connection_call(bus->connection, owners[i], ROOT, MANAGER, "GetManagedObjects", NULL,
                               G_VARIANT_TYPE("(a{oa{sa{sv}}})"), G_DBUS_CALL_FLAGS_NO_AUTO_START,
                               TIMEOUT, bus->cancellable, on_objects, request);
    }
    end_call(bus);
}

static gboolean
read_now(gpointer user_data)
{
    WlEditorBus *bus = user_data;

    bus->timer = 0;
    bus->reading = TRUE;
    bus->refused = bus->active = FALSE;
    call(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
         "ListQueuedOwners", g_variant_new("(s)", BASE_NAME), "(as)", on_owners);
    return G_SOURCE_REMOVE;
}

static void
on_signal(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
          const char *signal, GVariant *parameters, gpointer user_data)
{
    schedule(user_data);
}

static guint
subscribe(WlEditorBus *bus, const char *sender, const char *interface, const char *member,
          const char *path, const char *arg0, GDBusSignalFlags flags)
{
    return g_dbus_connection_signal_subscribe(bus->connection, sender, interface, member, path,
                                              arg0, flags, on_signal, bus, NULL);
}

static void
on_bus(GObject *source, GAsyncResult *result, gpointer user_data)
{
    WlEditorBus *bus = user_data;
    g_autoptr(GError) error = NULL;
    GDBusConnection *connection = g_bus_get_finish(result, &error);

    if (!connection) {
        if (!g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
            g_debug("no live view: %s", error->message);
        return;
    }
    bus->connection = connection;
    /* Services and peers that appear and disappear, and changed properties. */
    bus->subscriptions[0] =
        subscribe(bus, "org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged", NULL,
                  BASE_NAME, G_DBUS_SIGNAL_FLAGS_MATCH_ARG0_NAMESPACE);
    bus->subscriptions[1] =
        subscribe(bus, NULL, MANAGER, "InterfacesAdded", ROOT, NULL, G_DBUS_SIGNAL_FLAGS_NONE);
    bus->subscriptions[2] =
        subscribe(bus, NULL, MANAGER, "InterfacesRemoved", ROOT, NULL, G_DBUS_SIGNAL_FLAGS_NONE);
    bus->subscriptions[3] =
        subscribe(bus, NULL, PROPERTIES, "PropertiesChanged", NULL, PEER, G_DBUS_SIGNAL_FLAGS_NONE);
    bus->subscriptions[4] =
        subscribe(bus, NULL, PROPERTIES, "PropertiesChanged", NULL, LINK, G_DBUS_SIGNAL_FLAGS_NONE);
    read_now(bus);
}

WlEditorBus *
wl_editor_bus_new(WlEditorModel *model, const char *uuid)
{
    WlEditorBus *bus = g_new0(WlEditorBus, 1);

    bus->model = model;
    bus->uuid = g_strdup(uuid);
    bus->cancellable = g_cancellable_new();
    if (uuid)
        g_bus_get(G_BUS_TYPE_SYSTEM, bus->cancellable, on_bus, bus);
    return bus;
}

void
wl_editor_bus_free(WlEditorBus *bus)
{
    if (!bus)
        return;
    g_cancellable_cancel(bus->cancellable);
    g_object_unref(bus->cancellable);
    for (guint i = 0; bus->connection && i < G_N_ELEMENTS(bus->subscriptions); i++)
        g_dbus_connection_signal_unsubscribe(bus->connection, bus->subscriptions[i]);
    g_clear_handle_id(&bus->timer, g_source_remove);
    g_clear_handle_id(&bus->watch_timer, g_source_remove);
    g_clear_object(&bus->connection);
    wl_editor_live_free(bus->live);
    g_free(bus->uuid);
    g_free(bus);
}
