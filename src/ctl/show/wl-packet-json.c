/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Datagrams of the wirelink protocol as JSON, fact by fact. The bytes are untrusted; parts that do
 * not decode are replaced by the reason. Objects belong to the caller.
 */
#include "wl-packet-json.h"

#include <sodium.h>

#include "wl-fact-codec.h"
#include "wl-fact.h"
#include "wl-group.h"

static void
set_hex(JsonObject *object, const char *member, const guint8 *data, gsize length)
{
    g_autofree char *hex = g_malloc(2 * length + 1);

    json_object_set_string_member(object, member,
                                  sodium_bin2hex(hex, 2 * length + 1, data, length));
}

static void
set_uuid(JsonObject *object, const WlBootId *boot_id)
{
    GString *uuid = g_string_new(NULL);

    for (guint i = 0; i < WL_BOOT_ID_SIZE; i++)
        g_string_append_printf(uuid, "%s%02x", i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "",
                               boot_id->bytes[i]);
    json_object_set_string_member(object, "uuid", uuid->str);
    g_string_free(uuid, TRUE);
}

static void
set_ip(JsonObject *object, const WlIp *ip)
{
    g_autofree char *text = wl_ip_to_string(ip);

    json_object_set_string_member(object, "ip", text);
}

static void
set_entry(guint8 attribute, const guint8 *value, gsize length, gpointer user_data)
{
    g_autofree char *member = g_strdup_printf("%02x", attribute);

    set_hex(user_data, member, value, length);
}

static void
set_group(JsonObject *object, const WlFact *fact, const guint8 *data)
{
    set_hex(object, "nonce", fact->value.group.nonce, WL_GROUP_NONCE_SIZE);
    set_hex(object, "tag", fact->value.group.tag, WL_GROUP_TAG_SIZE);
    json_object_set_int_member(object, "inner_offset", fact->value.group.inner - data);
    json_object_set_int_member(object, "inner_length", (gint64) fact->value.group.inner_length);
}

static void
set_path(JsonObject *object, const WlPathMessage *path)
{
    json_object_set_int_member(object, "version", path->version);
    if (path->version != WL_PATH_VERSION)
        return;
    if (path->flags & WL_PATH_PROBE_REQUEST) {
        json_object_set_string_member(object, "path", "probe-request");
        return;
    }
    json_object_set_string_member(object, "path",
                                  path->flags & WL_PATH_DIRECT ? "direct" : "router");
    json_object_set_int_member(object, "epoch", path->epoch);
    json_object_set_int_member(object, "probe", path->probe);
    json_object_set_int_member(object, "ack", path->ack);
}

static void
set_router(JsonObject *object, const WlRouterMessage *router)
{
    g_autofree char *key = NULL;

    json_object_set_int_member(object, "version", router->version);
    if (router->version != WL_ROUTER_VERSION)
        return;
    key = wl_key_to_string(&router->router);
    json_object_set_string_member(object, "router", key);
    json_object_set_int_member(object, "epoch", router->epoch);
    json_object_set_boolean_member(object, "holds", (router->flags & WL_ROUTER_HOLDS) != 0);
    json_object_set_boolean_member(object, "come", (router->flags & WL_ROUTER_COME) != 0);
}

static JsonObject *
value_to_json(const WlFact *fact, const guint8 *data)
{
    JsonObject *object = json_object_new();
    JsonObject *metadata;

    switch (fact->attribute) {
    case WL_ATTRIBUTE_ALIVE:
        set_uuid(object, &fact->value.boot_id);
        break;
    case WL_ATTRIBUTE_ENDPOINT_V4:
    case WL_ATTRIBUTE_ENDPOINT_V6:
        set_ip(object, &fact->value.endpoint.ip);
        json_object_set_int_member(object, "port", fact->value.endpoint.port);
        break;
    case WL_ATTRIBUTE_ALLOWED_V4:
    case WL_ATTRIBUTE_ALLOWED_V6:
        set_ip(object, &fact->value.prefix.ip);
        json_object_set_int_member(object, "prefix", fact->value.prefix.length);
        break;
    case WL_ATTRIBUTE_METADATA:
        metadata = json_object_new();
        wl_metadata_foreach(fact->value.metadata, set_entry, metadata);
        json_object_set_object_member(object, "metadata_hex", metadata);
        break;
    case WL_ATTRIBUTE_GROUP:
        set_group(object, fact, data);
        break;
    case WL_ATTRIBUTE_PATH:
        set_path(object, &fact->value.path);
        break;
    case WL_ATTRIBUTE_ROUTER:
        set_router(object, &fact->value.router);
        break;
    case WL_ATTRIBUTE_ACK:
        json_object_set_int_member(object, "version", fact->value.ack.version);
        json_object_set_int_member(object, "datagrams", (gint64) fact->value.ack.n);
        break;
    default: /* membership has no value */
        break;
    }
    return object;
}

static JsonObject *
fact_to_json(const WlFact *fact, const guint8 *data)
{
    char attribute[2] = {(char) fact->attribute, '\0'};
    JsonObject *object = json_object_new();

    json_object_set_string_member(object, "attribute", attribute);
    json_object_set_int_member(object, "ttl", fact->ttl);
    set_hex(object, "subject", fact->subject.bytes, WL_KEY_SIZE);
    json_object_set_object_member(object, "value", value_to_json(fact, data));
    return object;
}

static void
set_decode(JsonObject *object, WlDecodeError error)
{
    json_object_set_string_member(object, "decode", error ? "invalid" : "valid");
    if (error)
        json_object_set_string_member(object, "reason", wl_decode_error_label(error));
}

static JsonObject *
inner_to_json(const guint8 *data, gsize length)
{
    g_autoptr(GArray) facts = wl_fact_array_new();
    WlDecodeError error = wl_group_decode(data, length, facts);
    JsonObject *object = json_object_new();
    JsonArray *list;
    gsize offset = 0;

    set_decode(object, error);
    if (error)
        return object;
    list = json_array_new();
    for (guint i = 0; i < facts->len; i++) {
        JsonObject *entry = fact_to_json(&g_array_index(facts, WlFact, i), data);
        g_auto(WlFact) again = {0};
        gsize consumed;

        /* Decoded again for its length on the wire, which may differ from the canonical one. */
        wl_fact_decode(data + offset, length - offset, &again, &consumed);
        json_object_set_int_member(entry, "offset", (gint64) offset);
        json_object_set_int_member(entry, "length", (gint64) consumed);
        json_array_add_object_element(list, entry);
        offset += consumed;
    }
    json_object_set_array_member(object, "facts", list);
    return object;
}

JsonObject *
wl_packet_to_json(const guint8 *data, gsize length)
{
    JsonObject *object = json_object_new();
    g_auto(WlFact) fact = {0};
    gsize consumed;
    WlDecodeError error = wl_fact_decode(data, length, &fact, &consumed);

    set_decode(object, error);
    if (error)
        return object;
    json_object_set_int_member(object, "consumed", (gint64) consumed);
    json_object_set_int_member(object, "trailing_ignored", (gint64) (length - consumed));
    json_object_set_object_member(object, "fact", fact_to_json(&fact, data));
    if (fact.attribute == WL_ATTRIBUTE_GROUP)
        json_object_set_object_member(
            object, "inner", inner_to_json(fact.value.group.inner, fact.value.group.inner_length));
    return object;
}
