/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-go-config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "wl-profile-error.h"
#include "wl-profile-extra.h"
#include "wl-profile-keys.h"
#include "wl-profile-value.h"

#define MAX_DEPTH 16 /* of brackets; files of the daemon have 4 */

typedef struct {
    const char *name;
    const char *own_key;
    WlProfileFile *file;
    gboolean has_port;
} Reader;

/* The place of @path, for the length of a call. */
#define AT(reader, path_) (&(WlProfilePlace){.name = (reader)->name, .path = (path_)})

/* ---- values, converted as leniently as by the daemon (docs/protocol.md 8.3) ------------------ */

/* A string, number or boolean as text; NULL for anything else. */
static char *
scalar_to_text(JsonNode *node)
{
    GType type;

    if (!JSON_NODE_HOLDS_VALUE(node))
        return NULL;
    type = json_node_get_value_type(node);
    if (type == G_TYPE_STRING)
        return g_strdup(json_node_get_string(node));
    if (type == G_TYPE_BOOLEAN)
        return g_strdup(json_node_get_boolean(node) ? "true" : "false");
    if (type == G_TYPE_INT64)
        return g_strdup_printf("%" G_GINT64_FORMAT, json_node_get_int(node));
    return NULL;
}

static char *
read_text(Reader *reader, const char *path, JsonNode *node, const char *what, GError **error)
{
    char *text = scalar_to_text(node);

    if (!text)
        wl_profile_fail_at(error, WL_PROFILE_ERROR_VALUE, AT(reader, path), "is not %s", what);
    return text;
}

static gboolean
read_boolean(Reader *reader, const char *path, JsonNode *node, gboolean *value, GError **error)
{
    static const char *const words[] = {"false", "0", "f", "true", "1", "t"};
    g_autofree char *text = scalar_to_text(node);

    for (guint i = 0; text && i < G_N_ELEMENTS(words); i++) {
        if (!g_ascii_strcasecmp(text, words[i])) {
            *value = i >= 3;
            return TRUE;
        }
    }
    return wl_profile_fail_at(error, WL_PROFILE_ERROR_VALUE, AT(reader, path),
                              "is not valid; use true or false");
}

/* Sets the field of @key to @text; an empty text is no value. */
static gboolean
set_value(Reader *reader, const char *path, const WlProfileKey *key, const char *text,
          gpointer structure, GError **error)
{
    /* Profile files cannot hold white space around a value. */
    g_autofree char *stripped = g_strstrip(g_strdup(text));

    if (!*stripped || wl_profile_value_parse(key, stripped, TRUE, structure, error))
        return TRUE;
    wl_profile_prefix_at(error, &(WlProfilePlace){.name = reader->name}, path);
    return FALSE;
}

/* A list of strings, or one string with commas. */
static gboolean
set_list(Reader *reader, const char *path, const WlProfileKey *key, JsonNode *node,
         gpointer structure, GError **error)
{
    JsonArray *array;

    if (!JSON_NODE_HOLDS_ARRAY(node)) {
        g_autofree char *text = read_text(reader, path, node, "a list of strings", error);

        return text && set_value(reader, path, key, text, structure, error);
    }
    array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++) {
        g_autofree char *item_path = g_strdup_printf("%s[%u]", path, i);
        g_autofree char *text =
            read_text(reader, item_path, json_array_get_element(array, i), "a string", error);

        if (!text || !set_value(reader, item_path, key, text, structure, error))
            return FALSE;
    }
    return TRUE;
}

#define PROFILE_KEY(field)                                                                         \
    wl_profile_keys_of_field(WL_KEY_OF_PROFILE, G_STRUCT_OFFSET(WlProfile, field))

/* Keeps a value without a meaning in a profile for converting back. */
static void
note(Reader *reader, const char *path, const char *key, const char *value)
{
    g_autofree char *name = g_strconcat(WL_PROFILE_NOTE "Go-", key, NULL);

    if (!wl_profile_extra_value_is_valid(value) ||
        !wl_profile_extra_add(reader->file->profile->extra, WL_PROFILE_SECTION_WIRELINK, name,
                              value)) {
        wl_profile_warn_at(reader->file->profile, AT(reader, path),
                           "has no effect in a profile; left out");
        return;
    }
    wl_profile_warn_at(reader->file->profile, AT(reader, path),
                       "has no effect in a profile; kept as %s", name);
}

/* ---- peers --------------------------------------------------------------------------------- */

typedef struct {
    const char *name;
    gsize offset;
} PeerMember;

static const PeerMember peer_members[] = {
    {"PublicKey", G_STRUCT_OFFSET(WlProfilePeer, public_key)},
    {"Name", G_STRUCT_OFFSET(WlProfilePeer, name)},
    {"Trust", G_STRUCT_OFFSET(WlProfilePeer, trust)},
    {"FactExchanger", G_STRUCT_OFFSET(WlProfilePeer, fact_exchanger)},
    {"Endpoints", G_STRUCT_OFFSET(WlProfilePeer, endpoints)},
    {"AllowedIPs", G_STRUCT_OFFSET(WlProfilePeer, allowed_ips)},
    {"Basic", G_STRUCT_OFFSET(WlProfilePeer, basic)},
};

static gboolean
read_peer_member(Reader *reader, const char *path, const char *member, JsonNode *node,
                 WlProfilePeer *peer, GError **error)
{
    const WlProfileKey *key = NULL;
    g_autofree char *text = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(peer_members) && !key; i++) {
        if (!g_ascii_strcasecmp(peer_members[i].name, member))
            key = wl_profile_keys_of_field(WL_KEY_OF_PEER, peer_members[i].offset);
    }
    if (!key) {
        return wl_profile_fail_at(
            error, WL_PROFILE_ERROR_SYNTAX, AT(reader, path),
            "is not a key of a peer; use PublicKey, Name, Trust, FactExchanger, Endpoints, AllowedIPs or Basic");
    }
    if (JSON_NODE_HOLDS_NULL(node))
        return TRUE;
    if (key->type == WL_KEY_TYPE_BOOL)
        return read_boolean(reader, path, node, wl_profile_value_field(key, peer, gboolean), error);
    if (key->type == WL_KEY_TYPE_ENDPOINTS || key->type == WL_KEY_TYPE_PREFIXES)
        return set_list(reader, path, key, node, peer, error);
    text = read_text(reader, path, node, "a string", error);
    return text && set_value(reader, path, key, text, peer, error);
}

/* An entry of the own key describes this member (docs/protocol.md 8.1). */
static void
take_own_entry(Reader *reader, const char *path, WlProfilePeer *own)
{
    WlProfile *profile = reader->file->profile;

    if (own->name) {
        g_free(profile->name);
        profile->name = g_steal_pointer(&own->name);
    }
    if (own->trust != WL_PROFILE_TRUST_UNSET)
        note(reader, path, "Trust", wl_profile_trust_to_string(own->trust));
    for (guint i = 0; i < own->allowed_ips->len; i++)
        note(reader, path, "AllowedIPs", own->allowed_ips->pdata[i]);
    for (guint i = 0; i < own->endpoints->len; i++)
        note(reader, path, "Endpoints", own->endpoints->pdata[i]);
    if (own->basic)
        note(reader, path, "Basic", "true");
    if (own->fact_exchanger)
        note(reader, path, "FactExchanger", "true");
}

static void
add_new(GPtrArray *list, const GPtrArray *items)
{
    for (guint i = 0; i < items->len; i++) {
        if (!g_ptr_array_find_with_equal_func(list, items->pdata[i], g_str_equal, NULL))
            g_ptr_array_add(list, g_strdup(items->pdata[i]));
    }
}

/* Values of the same peer from the wg-quick file stay and come first. */
static gboolean
take_peer(Reader *reader, const char *path, WlProfilePeer *peer, GError **error)
{
    GPtrArray *peers = reader->file->profile->peers;
    WlProfilePeer *known = NULL;

    for (guint i = 0; i < peers->len && !known; i++) {
        WlProfilePeer *at = peers->pdata[i];

        if (g_strcmp0(at->public_key, peer->public_key) == 0)
            known = at;
    }
    if (!known) {
        if (peers->len == WL_PROFILE_MAX_PEERS) {
            return wl_profile_fail_at(error, WL_PROFILE_ERROR_VALUE, AT(reader, path),
                                      "exceeds the limit of %u peers; remove some",
                                      WL_PROFILE_MAX_PEERS);
        }
        known = wl_profile_peer_new();
        known->public_key = g_strdup(peer->public_key);
        g_ptr_array_add(peers, known);
    }
    g_free(known->name);
    known->name = g_steal_pointer(&peer->name);
    known->trust = peer->trust;
    known->basic = peer->basic;
    known->fact_exchanger = peer->fact_exchanger;
    add_new(known->endpoints, peer->endpoints);
    add_new(known->allowed_ips, peer->allowed_ips);
    return TRUE;
}

/* The members of an object; it is an error if two differ by case only. */
static GList *
get_members(Reader *reader, const char *path, JsonObject *object, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GList) members = json_object_get_members(object);

    for (GList *at = members; at; at = at->next) {
        if (!g_hash_table_add(seen, g_ascii_strdown(at->data, -1))) {
            g_autofree char *quoted = wl_profile_value_quote(at->data);

            wl_profile_fail_at(error, WL_PROFILE_ERROR_CONFLICT, AT(reader, path),
                               "%s is there twice, as case does not matter; remove one", quoted);
            return NULL;
        }
    }
    return g_steal_pointer(&members);
}

/* "peers[0].Trust", with the name sanitized. */
static char *
member_path(const char *path, const char *member)
{
    g_autofree char *quoted = wl_profile_value_quote(member);

    quoted[strlen(quoted) - 1] = '\0';
    return *path ? g_strdup_printf("%s.%s", path, quoted + 1) : g_strdup(quoted + 1);
}

static gboolean
read_peer(Reader *reader, const char *path, JsonNode *node, GHashTable *seen, GError **error)
{
    g_autoptr(WlProfilePeer) peer = wl_profile_peer_new();
    g_autoptr(GList) members = NULL;
    JsonObject *object;

    if (!JSON_NODE_HOLDS_OBJECT(node)) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_VALUE, AT(reader, path),
                                  "is not an object like {\"PublicKey\": \"...\"}");
    }
    object = json_node_get_object(node);
    members = get_members(reader, path, object, error);
    if (!members && json_object_get_size(object) > 0)
        return FALSE;
    for (GList *at = members; at; at = at->next) {
        g_autofree char *inner = member_path(path, at->data);

        if (!read_peer_member(reader, inner, at->data, json_object_get_member(object, at->data),
                              peer, error))
            return FALSE;
    }
    if (!peer->public_key) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_MISSING, AT(reader, path),
                                  "has no PublicKey, which identifies a peer; add it");
    }
    if (!g_hash_table_add(seen, g_strdup(peer->public_key))) {
        return wl_profile_fail_at(
            error, WL_PROFILE_ERROR_CONFLICT, AT(reader, path),
            "has the same PublicKey as another entry, of which the daemon uses the last; merge the two");
    }
    if (g_strcmp0(peer->public_key, reader->own_key) == 0) {
        take_own_entry(reader, path, peer);
        return TRUE;
    }
    return take_peer(reader, path, peer, error);
}

static gboolean
read_peers(Reader *reader, const char *path, JsonNode *node, GError **error)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    JsonArray *array;

    if (!JSON_NODE_HOLDS_ARRAY(node)) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_VALUE, AT(reader, path),
                                  "is not a list of peers");
    }
    array = json_node_get_array(node);
    for (guint i = 0; i < json_array_get_length(array); i++) {
        g_autofree char *inner = g_strdup_printf("%s[%u]", path, i);

        if (!read_peer(reader, inner, json_array_get_element(array, i), seen, error))
            return FALSE;
    }
    return TRUE;
}

/* ---- the rest ------------------------------------------------------------------------------ */

static gboolean
read_port(Reader *reader, const char *path, JsonNode *node, GError **error)
{
    g_autofree char *text = read_text(reader, path, node, "a number", error);

    if (!text)
        return FALSE;
    /* The same as a missing port: see default_port(). */
    if (text[0] == '-' || g_str_equal(text, "0"))
        return TRUE;
    reader->has_port = TRUE;
    return set_value(reader, path, PROFILE_KEY(fact_port), text, reader->file->profile, error);
}

static gboolean
read_member(Reader *reader, const char *member, JsonNode *node, GError **error)
{
    static const char *const notes[] = {"Debug", "Iface", "Config-Path", "Dump", "Version", "Help"};
    WlProfile *profile = reader->file->profile;
    g_autofree char *path = member_path("", member);
    gboolean value = FALSE;

    if (JSON_NODE_HOLDS_NULL(node))
        return TRUE;
    if (!g_ascii_strcasecmp(member, "peers"))
        return read_peers(reader, path, node, error);
    if (!g_ascii_strcasecmp(member, "port"))
        return read_port(reader, path, node, error);
    if (!g_ascii_strcasecmp(member, "chatty"))
        return read_boolean(reader, path, node, &profile->chatty, error);
    if (!g_ascii_strcasecmp(member, "reportifaces"))
        return set_list(reader, path, PROFILE_KEY(announce_interfaces), node, profile, error);
    if (!g_ascii_strcasecmp(member, "hideifaces"))
        return set_list(reader, path, PROFILE_KEY(hide_interfaces), node, profile, error);
    if (!g_ascii_strcasecmp(member, "router")) {
        if (!read_boolean(reader, path, node, &value, error))
            return FALSE;
        profile->role = value ? WL_PROFILE_ROLE_ROUTER : WL_PROFILE_ROLE_LEAF;
        return TRUE;
    }
    for (guint i = 0; i < G_N_ELEMENTS(notes); i++) {
        g_autofree char *text = NULL;

        if (g_ascii_strcasecmp(member, notes[i]))
            continue;
        text = read_text(reader, path, node, "a string, number or boolean", error);
        if (!text)
            return FALSE;
        if (*text && !g_str_equal(text, "false"))
            note(reader, path, notes[i], text);
        return TRUE;
    }
    return wl_profile_fail_at(
        error, WL_PROFILE_ERROR_SYNTAX, AT(reader, path),
        "is not a key of the daemon; use port, router, chatty, debug, reportifaces, hideifaces or peers");
}

/* The default of the daemon is derived from its listen port (docs/protocol.md 4.2), ours is fixed.
 */
static void
default_port(Reader *reader)
{
    WlProfile *profile = reader->file->profile;

    if (reader->has_port)
        return;
    if (profile->listen_port > 0 && profile->listen_port < 65535)
        profile->fact_port = profile->listen_port + 1;
    else
        wl_profile_warn_at(
            reader->file->profile, AT(reader, "port"),
            "is missing, and so is the ListenPort of the wg-quick file from which the daemon derives it; using %u, which must be the same on all members",
            profile->fact_port);
}

/* Refuses input that json-glib accepts but the daemon does not, such as several values; limits the
 * depth, as json-glib recurses. */
static gboolean
check_shape(const char *text, gsize length, const char *name, GError **error)
{
    gboolean begun = FALSE, string = FALSE;
    guint depth = 0, line = 1;

    for (gsize i = 0; i < length && depth <= MAX_DEPTH; i++) {
        char c = text[i];

        line += c == '\n';
        if (string) {
            string = c != '"';
            i += c == '\\';
            continue;
        }
        if (g_ascii_isspace(c))
            continue;
        if (begun && depth == 0) {
            g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_SYNTAX,
                        "%s:%u: text after the object; remove it", name, line);
            return FALSE;
        }
        if (!begun && c != '{')
            break;
        begun = TRUE;
        string = c == '"';
        if (c == '[' || c == '{')
            depth++;
        else if (c == ']' || c == '}')
            depth--;
    }
    if (depth > MAX_DEPTH)
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_SYNTAX,
                    "%s:%u: not a file of the Go daemon: nested deeper than %u brackets", name,
                    line, MAX_DEPTH);
    else if (!begun)
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_SYNTAX,
                    "%s: not an object like {\"port\": 51821, \"peers\": []}", name);
    return begun && depth <= MAX_DEPTH;
}

gboolean
wl_go_config_parse(const char *text, gsize length, const char *name, const char *own_key,
                   WlProfileFile *file, GError **error)
{
    Reader reader = {.name = name, .own_key = own_key, .file = file};
    g_autoptr(JsonParser) parser = json_parser_new_immutable();
    g_autoptr(GError) local = NULL;
    g_autoptr(GList) members = NULL;
    JsonObject *object;

    if (length > WL_PROFILE_MAX_FILE || !g_utf8_validate_len(text, length, NULL)) {
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_SYNTAX,
                    "%s: not a file of the Go daemon: longer than %u bytes or not UTF-8", name,
                    WL_PROFILE_MAX_FILE);
        return FALSE;
    }
    if (!check_shape(text, length, name, error))
        return FALSE;
    if (!json_parser_load_from_data(parser, text, (gssize) length, &local)) {
        const char *where = strstr(local->message, "<data>:");
        g_autofree char *quoted =
            wl_profile_value_quote(where ? where + strlen("<data>:") : local->message);

        quoted[strlen(quoted) - 1] = '\0';
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_SYNTAX, "%s:%s", name, quoted + 1);
        return FALSE;
    }
    object = json_node_get_object(json_parser_get_root(parser));
    members = get_members(&reader, "top level", object, error);
    if (!members && json_object_get_size(object) > 0)
        return FALSE;
    for (GList *at = members; at; at = at->next) {
        if (!read_member(&reader, at->data, json_object_get_member(object, at->data), error))
            return FALSE;
    }
    default_port(&reader);
    return TRUE;
}
