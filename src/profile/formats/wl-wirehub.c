/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-wirehub.h"

#include <arpa/inet.h>
#include <string.h>

#include "wl-profile-check.h"
#include "wl-profile-error.h"
#include "wl-profile-extra.h"
#include "wl-profile-value.h"

#define DEFAULT_PORT 62096
#define KEY_LENGTH   43 /* without the "=" of base64 */
#define FIRST_HOST   2  /* first host number for members without an address */

typedef struct {
    const char *kind; /* the first word of its line */
    guint line;
    char *name, *key, *endpoint; /* or NULL */
    guint32 address;             /* in host byte order; 0: none yet */
} Node;

typedef struct {
    WlProfilePlace place;
    WlProfileFile *file;
    GPtrArray *nodes; /* of Node */
    guint32 subnet;   /* in host byte order */
    guint length;
    gboolean has_subnet;
} Reader;

static void
node_free(gpointer data)
{
    Node *node = data;

    g_free(node->name);
    g_free(node->key);
    g_free(node->endpoint);
    g_free(node);
}

static gboolean
is_member(const Node *node)
{
    return g_str_equal(node->kind, "trust") || g_str_equal(node->kind, "router");
}

/* The kinds of nodes to which WireHub assigns addresses. */
static gboolean
has_address(const Node *node)
{
    return is_member(node) || g_str_equal(node->kind, "alias");
}

static char *
address_to_string(guint32 address)
{
    struct in_addr in = {.s_addr = g_htonl(address)};
    char buffer[INET_ADDRSTRLEN];

    return g_strdup(inet_ntop(AF_INET, &in, buffer, sizeof(buffer)));
}

static guint32
mask_of(guint length)
{
    return length ? 0xffffffffU << (32 - length) : 0;
}

/* The key in base64, or NULL if @word is not a key. */
static char *
read_key(const char *word)
{
    g_autofree char *key = NULL;

    if (strlen(word) != KEY_LENGTH || strpbrk(word, "+/"))
        return NULL;
    key = g_strconcat(word, "=", NULL);
    g_strdelimit(key, "-", '+');
    g_strdelimit(key, "_", '/');
    return wl_profile_value_is_key(key) ? g_steal_pointer(&key) : NULL;
}

/* Keeps a value without a meaning in a profile for converting back. */
static void
note(Reader *reader, const char *key, const char *value)
{
    GPtrArray *extra = reader->file->profile->extra;
    g_autofree char *name = g_strconcat(WL_PROFILE_NOTE "WireHub-", key, NULL);

    if (!wl_profile_extra_value_is_valid(value) ||
        !wl_profile_extra_add(extra, WL_PROFILE_SECTION_WIRELINK, name, value))
        wl_profile_warn_at(reader->file->profile, &reader->place,
                           "%s: has no effect in a profile; left out", key);
}

/* ---- lines --------------------------------------------------------------------------------- */

static gboolean
read_subnet(Reader *reader, const char *word, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(word ? word : "", "/", 2);
    struct in_addr address;
    guint64 length;

    if (reader->has_subnet) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_CONFLICT, &reader->place,
                                  "subnet: already set; remove one of the two");
    }
    if (!parts[0] || !parts[1] || inet_pton(AF_INET, parts[0], &address) != 1 ||
        !wl_profile_value_parse_number(parts[1], 30, &length) || length < 1) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_VALUE, &reader->place,
                                  "subnet: not an IPv4 network; write one like 10.0.42.0/24");
    }
    reader->has_subnet = TRUE;
    reader->length = (guint) length;
    reader->subnet = g_ntohl(address.s_addr) & mask_of(reader->length);
    return TRUE;
}

static gboolean
read_endpoint(Reader *reader, Node *node, const char *word, GError **error)
{
    const WlProfileKey *key =
        wl_profile_keys_of_field(WL_KEY_OF_PEER, G_STRUCT_OFFSET(WlProfilePeer, endpoints));
    g_autoptr(WlProfilePeer) scratch = wl_profile_peer_new();
    g_autofree char *text = NULL;
    guint8 bytes[16];

    if (inet_pton(AF_INET6, word, bytes) == 1)
        text = g_strdup_printf("[%s]:%u", word, DEFAULT_PORT);
    else if (!strchr(word, ':') || g_str_has_suffix(word, "]"))
        text = g_strdup_printf("%s:%u", word, DEFAULT_PORT);
    else
        text = g_strdup(word);
    if (!wl_profile_value_parse(key, text, FALSE, scratch, error)) {
        wl_profile_prefix_at(error, &reader->place, node->kind);
        return FALSE;
    }
    if (scratch->endpoints->len)
        node->endpoint = g_strdup(scratch->endpoints->pdata[0]);
    return TRUE;
}

static gboolean
read_address(Reader *reader, Node *node, guint32 address, GError **error)
{
    g_autofree char *text = address_to_string(address);

    if (!has_address(node)) {
        return wl_profile_fail_at(
            error, WL_PROFILE_ERROR_CONFLICT, &reader->place,
            "%s: address %s, but only members have one; write trust, or remove it", node->kind,
            text);
    }
    if (node->address) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_CONFLICT, &reader->place,
                                  "%s: second address %s; remove one", node->kind, text);
    }
    if (!address || (address & mask_of(reader->length)) != reader->subnet) {
        g_autofree char *subnet = address_to_string(reader->subnet);

        return wl_profile_fail_at(error, WL_PROFILE_ERROR_CONFLICT, &reader->place,
                                  "%s: %s is not in the subnet %s/%u; change one of them",
                                  node->kind, text, subnet, reader->length);
    }
    for (guint i = 0; i < reader->nodes->len; i++) {
        const Node *other = reader->nodes->pdata[i];

        if (other->address == address) {
            return wl_profile_fail_at(error, WL_PROFILE_ERROR_CONFLICT, &reader->place,
                                      "%s: %s is also the address in line %u; change one",
                                      node->kind, text, other->line);
        }
    }
    node->address = address;
    return TRUE;
}

static gboolean
read_name(Reader *reader, Node *node, const char *word, GError **error)
{
    const WlProfileKey *key =
        wl_profile_keys_of_field(WL_KEY_OF_PEER, G_STRUCT_OFFSET(WlProfilePeer, name));
    g_autoptr(WlProfilePeer) scratch = wl_profile_peer_new();
    g_autofree char *quoted = wl_profile_value_quote(word);

    if (node->name) {
        return wl_profile_fail_at(
            error, WL_PROFILE_ERROR_CONFLICT, &reader->place,
            "%s: %s is not a key or an address, and there already is a name; remove it", node->kind,
            quoted);
    }
    if (!wl_profile_value_parse(key, word, FALSE, scratch, error)) {
        wl_profile_prefix_at(error, &reader->place, node->kind);
        return FALSE;
    }
    for (guint i = 0; i < reader->nodes->len; i++) {
        const Node *other = reader->nodes->pdata[i];

        if (g_strcmp0(other->name, word) == 0) {
            return wl_profile_fail_at(error, WL_PROFILE_ERROR_CONFLICT, &reader->place,
                                      "%s: %s is also the name in line %u; change one", node->kind,
                                      quoted, other->line);
        }
    }
    node->name = g_strdup(word);
    return TRUE;
}

static gboolean
read_word(Reader *reader, Node *node, const char *word, GError **error)
{
    g_autofree char *key = read_key(word);
    struct in_addr address;

    if (key && node->key) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_CONFLICT, &reader->place,
                                  "%s: two keys; write a line for each", node->kind);
    }
    if (key) {
        node->key = g_steal_pointer(&key);
        return TRUE;
    }
    if (node->key && node->endpoint) {
        g_autofree char *quoted = wl_profile_value_quote(word);

        return wl_profile_fail_at(error, WL_PROFILE_ERROR_SYNTAX, &reader->place,
                                  "%s: unexpected word %s after the endpoint; remove it",
                                  node->kind, quoted);
    }
    if (node->key)
        return read_endpoint(reader, node, word, error);
    if (inet_pton(AF_INET, word, &address) == 1)
        return read_address(reader, node, g_ntohl(address.s_addr), error);
    return read_name(reader, node, word, error);
}

static gboolean
read_node(Reader *reader, const char *kind, GPtrArray *words, GError **error)
{
    Node *node;

    if (reader->nodes->len >= WL_PROFILE_MAX_PEERS) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_VALUE, &reader->place,
                                  "too many nodes (at most %u); remove some", WL_PROFILE_MAX_PEERS);
    }
    node = g_new0(Node, 1);
    node->kind = kind;
    node->line = reader->place.line;
    if (has_address(node) && !reader->has_subnet) {
        node_free(node);
        return wl_profile_fail_at(
            error, WL_PROFILE_ERROR_MISSING, &reader->place,
            "%s: no subnet before this line; begin the file with one like \"subnet 10.0.42.0/24\"",
            kind);
    }
    for (guint i = 1; i < words->len; i++) {
        if (!read_word(reader, node, words->pdata[i], error)) {
            node_free(node);
            return FALSE;
        }
    }
    g_ptr_array_add(reader->nodes, node);
    if (!node->key) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_MISSING, &reader->place,
                                  "%s: no public key of %u characters; add it", kind, KEY_LENGTH);
    }
    if (g_str_equal(kind, "boot") && !node->endpoint) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_MISSING, &reader->place,
                                  "boot: no endpoint after the key; add it");
    }
    return TRUE;
}

static gboolean
read_line(Reader *reader, char *line, GError **error)
{
    static const char *const kinds[] = {"alias", "boot", "router", "peer", "trust"};
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autofree char *quoted = NULL;
    const char *word;
    char *rest;

    line[strcspn(line, "#")] = '\0';
    for (char *at = strtok_r(line, " \t\r\v\f", &rest); at; at = strtok_r(NULL, " \t\r\v\f", &rest))
        g_ptr_array_add(words, at);
    if (!words->len)
        return TRUE;
    word = words->pdata[0];
    for (guint i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (g_str_equal(word, kinds[i]))
            return read_node(reader, kinds[i], words, error);
    }
    if (g_str_equal(word, "subnet"))
        return read_subnet(reader, words->len > 1 ? words->pdata[1] : NULL, error);
    if (words->len > 1 && g_str_equal(word, "name")) {
        note(reader, "Name", words->pdata[1]);
        return TRUE;
    }
    if (words->len > 1 && g_str_equal(word, "workbit")) {
        note(reader, "Workbit", words->pdata[1]);
        return TRUE;
    }
    if (words->len > 1 && g_str_equal(word, "namespace")) {
        note(reader, "Namespace", words->pdata[1]);
        return TRUE;
    }
    quoted = wl_profile_value_quote(word);
    wl_profile_warn_at(reader->file->profile, &reader->place, "%s: unknown to WireHub; left out",
                       quoted);
    return TRUE;
}

/* ---- the network --------------------------------------------------------------------------- */

/* Assigns addresses as WireHub does: the next free one, in the order of the lines. */
static gboolean
give_addresses(Reader *reader, GError **error)
{
    g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);
    guint32 host = FIRST_HOST;

    for (guint i = 0; i < reader->nodes->len; i++) {
        const Node *node = reader->nodes->pdata[i];

        if (node->address)
            g_hash_table_add(taken, GUINT_TO_POINTER(node->address));
    }
    for (guint i = 0; i < reader->nodes->len; i++) {
        Node *node = reader->nodes->pdata[i];

        for (; has_address(node) && !node->address; host++) {
            if (host >= ~mask_of(reader->length)) {
                reader->place.line = node->line;
                return wl_profile_fail_at(error, WL_PROFILE_ERROR_VALUE, &reader->place,
                                          "%s: no free address in the subnet; use a larger subnet",
                                          node->kind);
            }
            if (!g_hash_table_contains(taken, GUINT_TO_POINTER(reader->subnet | host)))
                node->address = reader->subnet | host;
        }
    }
    return TRUE;
}

/* The words after the first, with the assigned address. */
static char *
node_to_words(const Node *node)
{
    GString *words = g_string_new(node->name);
    g_autofree char *key = g_strndup(node->key, KEY_LENGTH);

    if (has_address(node)) {
        g_autofree char *address = address_to_string(node->address);

        g_string_append_printf(words, "%s%s", words->len ? " " : "", address);
    }
    g_strdelimit(key, "+", '-');
    g_strdelimit(key, "/", '_');
    g_string_append_printf(words, "%s%s", words->len ? " " : "", key);
    if (node->endpoint)
        g_string_append_printf(words, " %s", node->endpoint);
    return g_string_free(words, FALSE);
}

static void
take_own(Reader *reader, const Node *node)
{
    WlProfile *profile = reader->file->profile;
    g_autofree char *address = address_to_string(node->address);

    g_ptr_array_add(profile->addresses, g_strdup_printf("%s/%u", address, reader->length));
    profile->name = g_strdup(node->name);
    if (g_str_equal(node->kind, "router"))
        profile->role = WL_PROFILE_ROLE_ROUTER;
    if (node->endpoint) {
        guint64 port = 0;

        wl_profile_value_parse_number(strrchr(node->endpoint, ':') + 1, 65535, &port);
        profile->listen_port = (guint) port;
        reader->file->has_listen_port = TRUE;
        note(reader, "Endpoint", node->endpoint);
    }
}

/* Only one router gets the network as an allowed IP: in WireGuard a prefix belongs to one peer. */
static void
take_member(Reader *reader, const Node *node, gboolean *has_router)
{
    WlProfilePeer *peer = wl_profile_peer_new();
    g_autofree char *address = address_to_string(node->address);

    peer->public_key = g_strdup(node->key);
    peer->name = g_strdup(node->name);
    if (node->endpoint)
        g_ptr_array_add(peer->endpoints, g_strdup(node->endpoint));
    g_ptr_array_add(peer->allowed_ips, g_strdup_printf("%s/32", address));
    if (g_str_equal(node->kind, "router") && *has_router) {
        wl_profile_warn_at(
            reader->file->profile, &reader->place,
            "router: another router has the network; converted to an ordinary member");
    } else if (g_str_equal(node->kind, "router")) {
        g_autofree char *subnet = address_to_string(reader->subnet);

        *has_router = TRUE;
        g_ptr_array_add(peer->allowed_ips, g_strdup_printf("%s/%u", subnet, reader->length));
    }
    g_ptr_array_add(reader->file->profile->peers, peer);
}

static gboolean
take_nodes(Reader *reader, const char *own_key, GError **error)
{
    gboolean has_router = FALSE, own = FALSE;

    for (guint i = 0; i < reader->nodes->len; i++) {
        const Node *node = reader->nodes->pdata[i];
        g_autofree char *words = node_to_words(node);

        reader->place.line = node->line;
        if (is_member(node) && g_strcmp0(node->key, own_key) == 0) {
            own = TRUE;
            take_own(reader, node);
        } else if (is_member(node)) {
            take_member(reader, node, &has_router);
        } else {
            note(reader,
                 g_str_equal(node->kind, "alias")  ? "Alias"
                 : g_str_equal(node->kind, "boot") ? "Boot"
                                                   : "Peer",
                 words);
            wl_profile_warn_at(reader->file->profile, &reader->place,
                               "%s: not a member of the network; kept without effect", node->kind);
        }
    }
    if (own)
        return TRUE;
    g_set_error(
        error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_MISSING,
        "%s: no line \"trust\" or \"router\" has the public key %s of the given private key; use the private key of one of the members",
        reader->place.name, own_key);
    return FALSE;
}

static gboolean
read_lines(Reader *reader, const char *text, gsize length, GError **error)
{
    g_autofree char *copy = g_strndup(text, length);
    g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);

    for (guint i = 0; lines[i]; i++) {
        reader->place.line = i + 1;
        if (!read_line(reader, lines[i], error))
            return FALSE;
    }
    return TRUE;
}

WlProfileFile *
wl_wirehub_parse(const char *text, gsize length, const char *name, const char *private_key,
                 const char *own_key, GError **error)
{
    g_autoptr(WlProfileFile) file = wl_profile_file_new();
    g_autoptr(GPtrArray) nodes = g_ptr_array_new_with_free_func(node_free);
    Reader reader = {.place = {.name = name}, .file = file, .nodes = nodes};

    if (length > WL_PROFILE_MAX_FILE || !g_utf8_validate_len(text, length, NULL)) {
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_SYNTAX,
                    "%s: longer than %u bytes or not UTF-8; is this a text file?", name,
                    WL_PROFILE_MAX_FILE);
        return NULL;
    }
    if (!read_lines(&reader, text, length, error) || !give_addresses(&reader, error) ||
        !take_nodes(&reader, own_key, error))
        return NULL;
    file->profile->private_key = g_strdup(private_key);
    if (!wl_profile_check(file->profile, WL_PROFILE_CHECK_STORED_SECRETS, error)) {
        g_prefix_error(error, "%s: ", name);
        return NULL;
    }
    return g_steal_pointer(&file);
}
