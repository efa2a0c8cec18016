/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The signals of services, in order with the replies to reads. The inbox is shared between the
 * thread of GDBus, which fills it, and the main context, which empties it; a mutex guards it.
 */
#include "wl-signals.h"

#include <string.h>

#include "wl-bus.h"

#define MAX_SIGNALS 10000 /* not yet taken; further ones are dropped */
#define MAX_READERS 1000  /* services whose replies are noted */

/*
 * GDBus delivers replies and signals to the main context independently, so that a signal may
 * overtake an earlier reply. The filter sees all messages in the order in which they arrive.
 */
typedef struct {
    GMutex lock;
    GQueue queue;      /* of WlSignal */
    GHashTable *reads; /* guint64 by unique name */
    guint64 place;
} Inbox;

struct WlSignals {
    GDBusConnection *bus;
    Inbox *inbox;
    guint filter;
    guint subscriptions[5];
};

void
wl_signal_free(WlSignal *signal)
{
    g_free(signal->sender);
    g_free(signal->path);
    g_free(signal->member);
    g_variant_unref(signal->parameters);
    g_free(signal);
}

static void
inbox_clear(gpointer data)
{
    Inbox *inbox = data;

    g_queue_clear_full(&inbox->queue, (GDestroyNotify) wl_signal_free);
    g_hash_table_unref(inbox->reads);
    g_mutex_clear(&inbox->lock);
}

static void
inbox_release(gpointer inbox)
{
    g_atomic_rc_box_release_full(inbox, inbox_clear);
}

static Inbox *
inbox_new(void)
{
    Inbox *inbox = g_atomic_rc_box_new0(Inbox);

    g_mutex_init(&inbox->lock);
    g_queue_init(&inbox->queue);
    inbox->reads = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return inbox;
}

/* ---- in the thread of the bus -------------------------------------------------------------- */

static void
note_reply(Inbox *inbox, GDBusMessage *message)
{
    const char *sender = g_dbus_message_get_sender(message);

    if (!sender || g_strcmp0(g_dbus_message_get_signature(message), "a{oa{sa{sv}}}") != 0 ||
        g_hash_table_size(inbox->reads) >= MAX_READERS)
        return;
    g_hash_table_insert(inbox->reads, g_strdup(sender),
                        g_memdup2(&inbox->place, sizeof(inbox->place)));
}

static gboolean
is_wanted(GDBusMessage *message)
{
    const char *interface = g_dbus_message_get_interface(message);
    const char *path = g_dbus_message_get_path(message);

    if (g_strcmp0(g_dbus_message_get_member(message), "NameOwnerChanged") == 0)
        return g_strcmp0(g_dbus_message_get_sender(message), "org.freedesktop.DBus") == 0 &&
               g_str_has_prefix(g_dbus_message_get_arg0(message), WL_BUS_NAME);
    return path && g_str_has_prefix(path, WL_BUS_ROOT_PATH) &&
           (g_strcmp0(interface, "org.freedesktop.DBus.Properties") == 0 ||
            g_strcmp0(interface, "org.freedesktop.DBus.ObjectManager") == 0);
}

static void
note_signal(Inbox *inbox, GDBusMessage *message)
{
    GVariant *body = g_dbus_message_get_body(message);
    WlSignal *signal;

    if (!body || !g_dbus_message_get_sender(message) || !is_wanted(message) ||
        g_queue_get_length(&inbox->queue) >= MAX_SIGNALS)
        return;
    signal = g_new0(WlSignal, 1);
    signal->sender = g_strdup(g_dbus_message_get_sender(message));
    signal->path = g_strdup(g_dbus_message_get_path(message));
    signal->member = g_strdup(g_dbus_message_get_member(message));
    signal->parameters = g_variant_ref(body);
    signal->place = inbox->place;
    g_queue_push_tail(&inbox->queue, signal);
}

static GDBusMessage *
filter(GDBusConnection *bus, GDBusMessage *message, gboolean incoming, gpointer user_data)
{
    Inbox *inbox = user_data;
    GDBusMessageType type = g_dbus_message_get_message_type(message);

    if (!incoming)
        return message;
    g_mutex_lock(&inbox->lock);
    inbox->place++;
    if (type == G_DBUS_MESSAGE_TYPE_METHOD_RETURN)
        note_reply(inbox, message);
    else if (type == G_DBUS_MESSAGE_TYPE_SIGNAL)
        note_signal(inbox, message);
    g_mutex_unlock(&inbox->lock);
    return message;
}

/* ---- in the main context ------------------------------------------------------------------- */

static void
wake_up(GDBusConnection *bus, const char *sender, const char *path, const char *interface,
        const char *member, GVariant *parameters, gpointer user_data)
{
}

WlSignals *
wl_signals_new(GDBusConnection *bus)
{
    static const char properties[] = "org.freedesktop.DBus.Properties";
    static const char manager[] = "org.freedesktop.DBus.ObjectManager";
    const struct {
        const char *sender, *interface, *member, *path, *first;
        GDBusSignalFlags flags;
    } wanted[] = {
        {NULL, properties, "PropertiesChanged", NULL, WL_BUS_LINK_INTERFACE, 0},
        {NULL, properties, "PropertiesChanged", NULL, WL_BUS_PEER_INTERFACE, 0},
        {NULL, manager, "InterfacesAdded", WL_BUS_ROOT_PATH, NULL, 0},
        {NULL, manager, "InterfacesRemoved", WL_BUS_ROOT_PATH, NULL, 0},
        {"org.freedesktop.DBus", "org.freedesktop.DBus", "NameOwnerChanged",
         "/org/freedesktop/DBus", WL_BUS_NAME, G_DBUS_SIGNAL_FLAGS_MATCH_ARG0_NAMESPACE},
    };
    WlSignals *self = g_new0(WlSignals, 1);

    G_STATIC_ASSERT(G_N_ELEMENTS(wanted) == G_N_ELEMENTS(self->subscriptions));
    self->bus = g_object_ref(bus);
    self->inbox = inbox_new();
    self->filter = g_dbus_connection_add_filter(bus, filter, g_atomic_rc_box_acquire(self->inbox),
                                                inbox_release);
    for (guint i = 0; i < G_N_ELEMENTS(wanted); i++)
        self->subscriptions[i] = g_dbus_connection_signal_subscribe(
            bus, wanted[i].sender, wanted[i].interface, wanted[i].member, wanted[i].path,
            wanted[i].first, wanted[i].flags, wake_up, NULL, NULL);
    return self;
}

void
wl_signals_free(WlSignals *self)
{
    if (!self)
        return;
    for (guint i = 0; i < G_N_ELEMENTS(self->subscriptions); i++)
        g_dbus_connection_signal_unsubscribe(self->bus, self->subscriptions[i]);
    g_dbus_connection_remove_filter(self->bus, self->filter);
    inbox_release(self->inbox);
    g_object_unref(self->bus);
    g_free(self);
}

WlSignal *
wl_signals_take(WlSignals *self)
{
    WlSignal *signal;

    g_mutex_lock(&self->inbox->lock);
    signal = g_queue_pop_head(&self->inbox->queue);
    g_mutex_unlock(&self->inbox->lock);
    return signal;
}

guint64
wl_signals_get_read(WlSignals *self, const char *service)
{
    const guint64 *found;
    guint64 place;

    g_mutex_lock(&self->inbox->lock);
    found = g_hash_table_lookup(self->inbox->reads, service);
    place = found ? *found : 0;
    g_mutex_unlock(&self->inbox->lock);
    return place;
}
