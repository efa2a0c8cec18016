/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Method calls and property reads. Each call is authorized before it is carried out. */

#include "wl-objects-calls.h"

#include "wl-link-properties.h"
#include "wl-object.h"
#include "wl-peer-properties.h"
#include "wl-session-control.h"

/* Lifetime of large replies in ms, which limits the cost of clients that call in a loop. */
#define REPLY_AGE 1000

/* ---- large replies -------------------------------------------------------------------------- */

static GVariant *
all_objects(WlObjects *self)
{
    GVariantBuilder objects;
    GHashTableIter iter;
    WlObject *object;

    g_variant_builder_init(&objects, G_VARIANT_TYPE("a{oa{sa{sv}}}"));
    g_hash_table_iter_init(&iter, self->by_path);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *) &object))
        if (!object->gone)
            g_variant_builder_add(&objects, "{o@a{sa{sv}}}", object->path,
                                  wl_object_interfaces(object, wl_object_all_properties(object)));
    return g_variant_builder_end(&objects);
}

void
wl_objects_drop_replies(WlObjects *self)
{
    g_clear_handle_id(&self->replies_id, g_source_remove);
    g_clear_pointer(&self->objects_reply, g_variant_unref);
    g_clear_pointer(&self->facts_reply, g_variant_unref);
}

static gboolean
on_replies_expired(gpointer user_data)
{
    wl_objects_drop_replies(user_data);
    return G_SOURCE_REMOVE;
}

/* Takes ownership of @fresh, which is floating. */
static GVariant *
cache_reply(WlObjects *self, GVariant **reply, GVariant *fresh)
{
    *reply = g_variant_ref_sink(fresh);
    if (!self->replies_id)
        self->replies_id = g_timeout_add(REPLY_AGE, on_replies_expired, self);
    return fresh;
}

static GVariant *
objects_reply(WlObjects *self)
{
    return self->objects_reply ? self->objects_reply
                               : cache_reply(self, &self->objects_reply,
                                             g_variant_new("(@a{oa{sa{sv}}})", all_objects(self)));
}

static GVariant *
facts_reply(WlObjects *self)
{
    return self->facts_reply
               ? self->facts_reply
               : cache_reply(self, &self->facts_reply,
                             g_variant_new("(@aa{sv})", wl_link_properties_facts(self->session)));
}

/* ---- calls --------------------------------------------------------------------------------- */

/* A call that is being authorized. The object may disappear meanwhile; its path is not reused. */
typedef struct {
    WlObjects *objects;
    char path[sizeof(WL_OBJECTS_ROOT) + 32];
} Call;

static void
get_property(GDBusMethodInvocation *invocation, const WlObject *object, GVariant *parameters)
{
    g_autoptr(GVariant) settled = wl_object_signaled_properties(object);
    g_autoptr(GVariant) value = NULL;
    const char *name;

    g_variant_get_child(parameters, 1, "&s", &name);
    if (settled)
        value = g_variant_lookup_value(settled, name, NULL);
    if (!value) {
        value = wl_object_property_on_demand(object, name);
        if (value)
            g_variant_ref_sink(value);
    }
    if (value)
        g_dbus_method_invocation_return_value(invocation, g_variant_new("(v)", value));
    else
        g_dbus_method_invocation_return_error(
            invocation, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_PROPERTY, "no such property: %s", name);
}

static void
forget_endpoint(WlObjects *self, GDBusMethodInvocation *invocation, GVariant *parameters)
{
    g_autoptr(GError) error = NULL;
    const char *peer, *address;
    WlEndpoint endpoint;
    WlKey key;

    g_variant_get(parameters, "(&s&s)", &peer, &address);
    if (!wl_key_parse(peer, &key))
        g_dbus_method_invocation_return_error_literal(
            invocation, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
            "the peer must be a public key, 44 characters of base64");
    else if (!wl_endpoint_parse(address, &endpoint))
        g_dbus_method_invocation_return_error_literal(
            invocation, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
            "the address must be an IP address with a port, as in Candidates");
    else if (!wl_session_forget_endpoint(self->session, &key, &endpoint, &error))
        g_dbus_method_invocation_return_error_literal(invocation, G_DBUS_ERROR,
                                                      G_DBUS_ERROR_INVALID_ARGS, error->message);
    else
        g_dbus_method_invocation_return_value(invocation, NULL);
    wl_objects_drop_replies(self);
}

/* "" makes the order that of the profile again. */
static void
use_router(WlObjects *self, GDBusMethodInvocation *invocation, GVariant *parameters)
{
    g_autoptr(GError) error = NULL;
    const char *router;
    WlKey key;

    g_variant_get(parameters, "(&s)", &router);
    if (*router && !wl_key_parse(router, &key))
        g_dbus_method_invocation_return_error_literal(
            invocation, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
            "the router must be a public key, 44 characters of base64");
    else if (!wl_session_use_router(self->session, *router ? &key : NULL, &error))
        g_dbus_method_invocation_return_error_literal(invocation, G_DBUS_ERROR,
                                                      G_DBUS_ERROR_INVALID_ARGS, error->message);
    else
        g_dbus_method_invocation_return_value(invocation, NULL);
    wl_objects_drop_replies(self);
}

/* Reads the device, which may change peers. Call this before an object is looked up. */
static void
read_counters(WlObjects *self, const char *interface, const char *method, GVariant *parameters)
{
    const char *name = "";

    if (g_str_equal(interface, WL_OBJECT_PROPERTIES) && g_str_equal(method, "Get"))
        g_variant_get_child(parameters, 1, "&s", &name);
    if (g_str_equal(method, "GetAll") || g_str_equal(method, "GetManagedObjects") ||
        wl_peer_properties_is_counter(name))
        wl_session_refresh_counters(self->session);
}

/* The sender is authorized. */
static void
carry_out(GDBusMethodInvocation *invocation, const Call *call)
{
    WlObjects *self = call->objects;
    const char *interface = g_dbus_method_invocation_get_interface_name(invocation);
    const char *method = g_dbus_method_invocation_get_method_name(invocation);
    GVariant *parameters = g_dbus_method_invocation_get_parameters(invocation);
    const WlObject *object;

    read_counters(self, interface, method, parameters);
    object = g_hash_table_lookup(self->by_path, call->path);
    if (g_str_equal(method, "GetManagedObjects")) {
        g_dbus_method_invocation_return_value(invocation, objects_reply(self));
    } else if (!object || object->gone) {
        g_dbus_method_invocation_return_error_literal(invocation, G_DBUS_ERROR,
                                                      G_DBUS_ERROR_UNKNOWN_OBJECT,
                                                      "this peer is no longer a member");
    } else if (g_str_equal(interface, WL_OBJECT_PROPERTIES) && g_str_equal(method, "Get")) {
        get_property(invocation, object, parameters);
    } else if (g_str_equal(interface, WL_OBJECT_PROPERTIES) && g_str_equal(method, "GetAll")) {
        g_dbus_method_invocation_return_value(
            invocation, g_variant_new("(@a{sv})", wl_object_all_properties(object)));
    } else if (g_str_equal(method, "GetFacts")) {
        g_dbus_method_invocation_return_value(invocation, facts_reply(self));
    } else if (g_str_equal(method, "GetEvents")) {
        g_dbus_method_invocation_return_value(
            invocation, g_variant_new("(@aa{sv})", wl_link_properties_events(self->session)));
    } else if (g_str_equal(method, "Refresh")) {
        wl_session_refresh(self->session);
        wl_objects_drop_replies(self);
        g_dbus_method_invocation_return_value(invocation, NULL);
    } else if (g_str_equal(method, "ForgetEndpoint")) {
        forget_endpoint(self, invocation, parameters);
    } else if (g_str_equal(method, "UseRouter")) {
        use_router(self, invocation, parameters);
    } else {
        g_dbus_method_invocation_return_error_literal(invocation, G_DBUS_ERROR,
                                                      G_DBUS_ERROR_PROPERTY_READ_ONLY,
                                                      "all properties are read-only");
    }
}

/* ---- turns ---------------------------------------------------------------------------------- */

/* Calls come by the hundred in one turn of the main loop: GDBus delivers all that arrived, and a
 * sender that becomes known has all of its calls allowed at once. They are carried out in small
 * parts, so that the network never waits for them. */
#define PART_US (5 * 1000)

typedef struct {
    Call call;
    GDBusMethodInvocation *invocation; /* owned */
} WaitingCall;

static gboolean
on_calls(gpointer user_data)
{
    WlObjects *self = user_data;
    gint64 end = g_get_monotonic_time() + PART_US;

    do {
        g_autofree WaitingCall *waiting = g_queue_pop_head(&self->calls);

        carry_out(waiting->invocation, &waiting->call);
    } while (!g_queue_is_empty(&self->calls) && g_get_monotonic_time() < end);
    if (!g_queue_is_empty(&self->calls))
        return G_SOURCE_CONTINUE;
    self->calls_id = 0;
    return G_SOURCE_REMOVE;
}

static void
wait_for_turn(GDBusMethodInvocation *invocation, gpointer user_data)
{
    const Call *call = user_data;
    WlObjects *self = call->objects;
    WaitingCall *waiting = g_new0(WaitingCall, 1);

    waiting->call = *call;
    waiting->invocation = invocation;
    g_queue_push_tail(&self->calls, waiting);
    if (!self->calls_id)
        self->calls_id = g_idle_add_full(G_PRIORITY_DEFAULT, on_calls, self, NULL);
}

void
wl_objects_refuse_calls(WlObjects *self)
{
    WaitingCall *waiting;

    g_clear_handle_id(&self->calls_id, g_source_remove);
    while ((waiting = g_queue_pop_head(&self->calls))) {
        g_dbus_method_invocation_return_error_literal(waiting->invocation, G_DBUS_ERROR,
                                                      G_DBUS_ERROR_ACCESS_DENIED,
                                                      "the profile is being deactivated");
        g_free(waiting);
    }
}

/* Objects are registered without a property getter, so that GDBus passes reads as method calls,
 * which can be authorized individually. */
static void
on_call(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
        const char *method, GVariant *parameters, GDBusMethodInvocation *invocation,
        gpointer user_data)
{
    WlObjects *self = user_data;
    Call *call = g_new0(Call, 1);

    call->objects = self;
    g_strlcpy(call->path, path, sizeof(call->path));
    wl_access_check(self->access, invocation, wait_for_turn, call);
}

const GDBusInterfaceVTable wl_objects_vtable = {.method_call = on_call};
