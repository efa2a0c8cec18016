/* SPDX-License-Identifier: GPL-2.0-or-later */

/* One exported object and the values of its properties. */

#include "wl-object.h"

#include "wl-link-properties.h"
#include "wl-peer-properties.h"

void
wl_object_withdraw(WlObject *object)
{
    if (object->registration) {
        g_hash_table_remove(object->objects->by_path, object->path);
        g_dbus_connection_unregister_object(object->objects->connection, object->registration);
        object->registration = 0;
    }
    g_clear_pointer(&object->published, g_variant_unref);
    g_clear_pointer(&object->path, g_free);
    object->announced = FALSE;
}

void
wl_object_mark(WlObject *object)
{
    object->dirty = object->objects->dirty = TRUE;
    g_clear_pointer(&object->objects->objects_reply, g_variant_unref);
}

/* The path of the object of the peer with @key; "/": there is none. */
static const char *
peer_path(WlObjects *self, const WlKey *key)
{
    const WlObject *peer = key ? g_hash_table_lookup(self->peers, key) : NULL;

    return peer && !peer->gone ? peer->path : "/";
}

static GVariant *
link_properties(WlObjects *self, const WlLinkProfile *profile)
{
    g_autoptr(GPtrArray) routers = g_ptr_array_new();
    g_autoptr(GArray) members = NULL;
    WlLinkRouters paths;
    WlRouterSetView view;

    wl_engine_get_routers(wl_session_get_engine(self->session), &view);
    members = view.members;
    for (guint i = 0; i < members->len; i++)
        g_ptr_array_add(routers, (gpointer) peer_path(self, &g_array_index(members, WlKey, i)));
    g_ptr_array_add(routers, NULL);
    paths = (WlLinkRouters){
        .set = (const char *const *) routers->pdata,
        .current = peer_path(self, view.chosen ? &view.current : NULL),
    };
    return g_variant_ref_sink(wl_link_properties_new(self->session, profile, &paths));
}

GVariant *
wl_object_signaled_properties(const WlObject *object)
{
    WlObjects *self = object->objects;
    WlLinkProfile profile = {
        .id = self->id,
        .front_end = self->front_end,
        .active_connection = self->active_connection,
        .pending = (const char *const *) self->pending,
        .error = self->profile_error,
    };
    WlPeerView view;
    gboolean attached;
    WlKey router;

    if (!object->is_peer)
        return link_properties(self, &profile);
    if (!wl_engine_get_peer(wl_session_get_engine(self->session), &object->key, &view))
        return NULL;
    attached = wl_engine_get_attached(wl_session_get_engine(self->session), &object->key, &router);
    return g_variant_ref_sink(
        wl_peer_properties_new(&view, peer_path(self, view.has_via ? &view.via : NULL),
                               peer_path(self, attached ? &router : NULL)));
}

static const char *const *
on_demand(const WlObject *object)
{
    return object->is_peer ? wl_peer_properties_on_demand : wl_link_properties_on_demand;
}

GVariant *
wl_object_property_on_demand(const WlObject *object, const char *name)
{
    WlSession *session = object->objects->session;
    WlPeerView view;

    if (!object->is_peer)
        return wl_link_properties_get(session, name);
    if (!wl_engine_get_peer(wl_session_get_engine(session), &object->key, &view))
        return NULL;
    return wl_peer_properties_get(session, &view, name);
}

GVariant *
wl_object_all_properties(const WlObject *object)
{
    g_autoptr(GVariant) settled = wl_object_signaled_properties(object);
    GVariantDict dict;

    g_variant_dict_init(&dict, settled);
    for (const char *const *name = on_demand(object); settled && *name; name++)
        g_variant_dict_insert_value(&dict, *name, wl_object_property_on_demand(object, *name));
    return g_variant_dict_end(&dict);
}

GVariant *
wl_object_interfaces(const WlObject *object, GVariant *properties)
{
    GVariantBuilder interfaces;

    g_variant_builder_init(&interfaces, G_VARIANT_TYPE("a{sa{sv}}"));
    g_variant_builder_add(&interfaces, "{s@a{sv}}", object->interface->name, properties);
    return g_variant_builder_end(&interfaces);
}
