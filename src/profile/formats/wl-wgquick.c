/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-wgquick.h"

#include <string.h>

#include "wl-profile-check.h"
#include "wl-profile-error.h"
#include "wl-profile-extra.h"
#include "wl-profile-item.h"
#include "wl-profile-value.h"

#define LIST_SEPARATORS " \t,;"

/* An allowed IP with bits behind its prefix, which WireGuard clears. */
typedef struct {
    const WlProfilePeer *peer;
    char *written, *prefix; /* as in the file, and without these bits */
    guint line;
} HostBits;

typedef struct {
    WlProfileFile *file;
    WlProfilePlace place;
    gboolean plain; /* a wg-quick file */
    gboolean in_section;
    WlProfileSection section;
    WlProfilePeer *peer;
    guint section_lines[2]; /* of [Interface] and [Wirelink]; 0: none */
    GArray *peer_lines;     /* of [Peer] */
    GArray *key_lines;      /* by index of the peer + 1 (0: no peer) and of the key */
    GPtrArray *host_bits;   /* of HostBits */
    GString *commands;      /* names of commands that wg-quick would run */
    guint command_line;     /* of the first of them; 0: none */
} Reader;

static void
free_host_bits(gpointer data)
{
    HostBits *item = data;

    g_free(item->written);
    g_free(item->prefix);
    g_free(item);
}

/* The line of @key in the profile or in peer @index. */
static guint *
key_line(const Reader *reader, const WlProfileKey *key, guint index)
{
    gsize n_keys;
    const WlProfileKey *keys = wl_profile_keys(&n_keys);
    gsize at = (gsize) (key - keys) + (key->scope == WL_KEY_OF_PEER ? (index + 1) * n_keys : 0);

    return &g_array_index(reader->key_lines, guint, at);
}

static gboolean
begin_section(Reader *reader, char *text, GError **error)
{
    WlProfile *profile = reader->file->profile;
    char *end = strchr(text, ']');
    gsize n_keys;
    guint section;

    if (end)
        end[1 + strcspn(end + 1, "#")] = '\0';
    if (!end || *g_strstrip(end + 1)) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_SYNTAX, &reader->place,
                                  "malformed section; write it like [Peer], on a line of its own");
    }
    *end = '\0';
    for (section = 0; section <= WL_PROFILE_SECTION_PEER; section++) {
        if (!g_ascii_strcasecmp(text + 1, wl_profile_section_to_string((WlProfileSection) section)))
            break;
    }
    if (section > WL_PROFILE_SECTION_PEER) {
        g_autofree char *quoted = wl_profile_value_quote(text + 1);

        return wl_profile_fail_at(error, WL_PROFILE_ERROR_SYNTAX, &reader->place,
                                  "%s is not a section; use [Interface], [Wirelink] or [Peer]",
                                  quoted);
    }
    reader->in_section = TRUE;
    reader->section = (WlProfileSection) section;
    if (section != WL_PROFILE_SECTION_PEER) {
        if (reader->section_lines[section]) {
            return wl_profile_fail_at(error, WL_PROFILE_ERROR_SYNTAX, &reader->place,
                                      "second section [%s]; merge it with the one in line %u",
                                      wl_profile_section_to_string(reader->section),
                                      reader->section_lines[section]);
        }
        reader->section_lines[section] = reader->place.line;
        return TRUE;
    }
    if (profile->peers->len == WL_PROFILE_MAX_PEERS) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_VALUE, &reader->place,
                                  "too many peers (at most %u); remove some", WL_PROFILE_MAX_PEERS);
    }
    reader->peer = wl_profile_peer_new();
    g_ptr_array_add(profile->peers, reader->peer);
    g_array_append_val(reader->peer_lines, reader->place.line);
    wl_profile_keys(&n_keys);
    g_array_set_size(reader->key_lines, (guint) ((profile->peers->len + 1) * n_keys));
    return TRUE;
}

/* Cuts @value at its comment and removes the quotes of a quoted name; NULL without closing quote.
 * Quotes are an extension for names with a "#", which begins a comment for wg-quick. Spaces around
 * a name are removed, as in the keyfile of NetworkManager. */
static char *
cut_value(const WlProfileKey *key, char *value)
{
    char *from = value + strspn(value, " \t");
    char *to = value;

    if (!key || key->type != WL_KEY_TYPE_NAME || *from != '"') {
        value[strcspn(value, "#")] = '\0';
        return g_strstrip(value);
    }
    for (from++; *from != '"'; from++) {
        if (*from == '\\')
            from++;
        if (!*from)
            return NULL;
        *to++ = *from;
    }
    from += 1 + strspn(from + 1, " \t");
    if (*from && *from != '#')
        return NULL;
    *to = '\0';
    return g_strstrip(value);
}

/* They are refused together, so that nobody removes one at a time. */
static void
add_command(Reader *reader, const char *name)
{
    if (reader->command_line)
        g_string_append_printf(reader->commands, ", %s (line %u)", name, reader->place.line);
    else
        g_string_assign(reader->commands, name);
    if (!reader->command_line)
        reader->command_line = reader->place.line;
}

static gboolean
check_commands(Reader *reader, GError **error)
{
    if (!reader->command_line)
        return TRUE;
    reader->place.line = reader->command_line;
    return wl_profile_fail_at(
        error, WL_PROFILE_ERROR_REFUSED, &reader->place,
        "%s: wirelink does not run commands; remove what is named here, and use a script in /etc/NetworkManager/dispatcher.d instead",
        reader->commands->str);
}

static gboolean
read_unknown(Reader *reader, const char *name, const char *value, GError **error)
{
    GPtrArray *extra = reader->section == WL_PROFILE_SECTION_PEER ? reader->peer->extra
                                                                  : reader->file->profile->extra;
    const WlProfileKey *elsewhere = wl_profile_keys_find_in_any_section(name);
    gboolean interface = reader->section == WL_PROFILE_SECTION_INTERFACE;

    if (wl_profile_keys_is_command(name) && reader->plain) {
        wl_profile_warn_at(reader->file->profile, &reader->place,
                           "%s: left out, as wirelink does not run commands", name);
        return TRUE;
    }
    if (wl_profile_keys_is_command(name)) {
        add_command(reader, name);
        return TRUE;
    }
    if (elsewhere) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_SYNTAX, &reader->place,
                                  "%s: belongs in the section [%s]", name,
                                  wl_profile_section_to_string(elsewhere->section));
    }
    if (!*value) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_VALUE, &reader->place,
                                  "%s: has no value; add one or remove the line", name);
    }
    if (!wl_profile_extra_value_is_valid(value)) {
        return wl_profile_fail_at(
            error, WL_PROFILE_ERROR_VALUE, &reader->place,
            "%s: not a key of the section [%s], and its value looks like a WireGuard key; write PrivateKey, PublicKey or PresharedKey, or remove the line",
            name, wl_profile_section_to_string(reader->section));
    }
    if (!wl_profile_extra_add(extra, reader->section, name, value)) {
        return wl_profile_fail_at(
            error, WL_PROFILE_ERROR_VALUE, &reader->place,
            "%s: too many unknown keys (at most %u, of %u bytes each); remove some", name,
            WL_PROFILE_MAX_EXTRA, WL_PROFILE_MAX_VALUE);
    }
    if (!g_ascii_strncasecmp(name, WL_PROFILE_NOTE, strlen(WL_PROFILE_NOTE)))
        return TRUE;
    if (interface && !g_ascii_strcasecmp(name, "SaveConfig"))
        wl_profile_warn_at(reader->file->profile, &reader->place,
                           "%s: has no effect, as NetworkManager stores the profile", name);
    else if (interface && !g_ascii_strcasecmp(name, "FwMark"))
        wl_profile_warn_at(reader->file->profile, &reader->place,
                           "%s: has no effect, as wirelink chooses its own mark", name);
    else
        wl_profile_warn_at(reader->file->profile, &reader->place,
                           "%s: not a key of the section [%s]; kept without effect", name,
                           wl_profile_section_to_string(reader->section));
    return TRUE;
}

static void
find_host_bits(Reader *reader, const WlProfileKey *key, const char *value)
{
    g_auto(GStrv) items = g_strsplit_set(value, LIST_SEPARATORS, -1);

    for (guint i = 0; items[i]; i++) {
        g_autofree char *prefix = *items[i] ? wl_profile_item_parse(key, items[i], NULL) : NULL;
        g_autofree char *address = g_strndup(items[i], strcspn(items[i], "/"));
        g_autofree char *host = prefix ? wl_profile_item_parse(key, address, NULL) : NULL;
        HostBits *found;

        if (!host || !strncmp(host, prefix, strcspn(prefix, "/") + 1))
            continue;
        found = g_new0(HostBits, 1);
        found->peer = reader->peer;
        found->written = g_strdup(items[i]);
        found->prefix = g_steal_pointer(&prefix);
        found->line = reader->place.line;
        g_ptr_array_add(reader->host_bits, found);
    }
}

/* Whether a peer other than @peer has @prefix. */
static gboolean
has_other_peer(const WlProfile *profile, const WlProfilePeer *peer, const char *prefix)
{
    for (guint i = 0; i < profile->peers->len; i++) {
        const WlProfilePeer *other = profile->peers->pdata[i];

        if (other != peer &&
            g_ptr_array_find_with_equal_func(other->allowed_ips, prefix, g_str_equal, NULL))
            return TRUE;
    }
    return FALSE;
}

/* Many files write the address of the hub with the length of the network. If two peers have the
 * network, one of them is a machine, which it would make a router. */
static gboolean
check_host_bits(Reader *reader, GError **error)
{
    for (guint i = 0; i < reader->host_bits->len; i++) {
        const HostBits *item = reader->host_bits->pdata[i];
        int length = (int) strcspn(item->written, "/");

        if (!has_other_peer(reader->file->profile, item->peer, item->prefix))
            continue;
        reader->place.line = item->line;
        return wl_profile_fail_at(
            error, WL_PROFILE_ERROR_CONFLICT, &reader->place,
            "AllowedIPs: %s means all of %s, which another peer has, too; for one machine write %.*s/%s",
            item->written, item->prefix, length, item->written,
            strchr(item->written, ':') ? "128" : "32");
    }
    return TRUE;
}

static gboolean
read_known(Reader *reader, const WlProfileKey *key, const char *value, GError **error)
{
    gpointer structure = key->scope == WL_KEY_OF_PEER   ? (gpointer) reader->peer
                         : key->scope == WL_KEY_OF_FILE ? (gpointer) reader->file
                                                        : (gpointer) reader->file->profile;
    guint *line = key_line(reader, key, reader->file->profile->peers->len - 1);
    gboolean list = key->type == WL_KEY_TYPE_ADDRESSES || key->type == WL_KEY_TYPE_PREFIXES ||
                    key->type == WL_KEY_TYPE_ENDPOINTS || key->type == WL_KEY_TYPE_PATTERNS ||
                    key->type == WL_KEY_TYPE_DNS;

    if (*line && !list) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_CONFLICT, &reader->place,
                                  "%s: already set in line %u; remove one of the two",
                                  key->file_name, *line);
    }
    *line = reader->place.line;
    /* wg accepts an empty list, as in "AllowedIPs =". */
    if (!*value && list)
        return TRUE;
    if (!*value) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_VALUE, &reader->place,
                                  "%s: has no value; add one or remove the line", key->file_name);
    }
    if (!wl_profile_value_parse(key, value, TRUE, structure, error)) {
        wl_profile_prefix_at(error, &reader->place, key->file_name);
        return FALSE;
    }
    if (key->scope == WL_KEY_OF_PEER && key->offset == G_STRUCT_OFFSET(WlProfilePeer, allowed_ips))
        find_host_bits(reader, key, value);
    if (key->scope == WL_KEY_OF_PROFILE && key->offset == G_STRUCT_OFFSET(WlProfile, listen_port))
        reader->file->has_listen_port = TRUE;
    return TRUE;
}

static gboolean
read_line(Reader *reader, char *text, GError **error)
{
    const WlProfileKey *key;
    const char *name;
    char *equals;
    char *value;

    for (const char *p = text; *p; p++) {
        if (g_ascii_iscntrl(*p) && *p != '\t') {
            return wl_profile_fail_at(error, WL_PROFILE_ERROR_SYNTAX, &reader->place,
                                      "contains a control character; is this a text file?");
        }
    }
    text += strspn(text, " \t");
    if (!*text || *text == '#')
        return TRUE;
    if (*text == '[')
        return begin_section(reader, text, error);

    /* The line is not quoted: it could be a private key without a name. */
    equals = text + strcspn(text, "=#");
    if (*equals != '=' || equals == text) {
        return wl_profile_fail_at(
            error, WL_PROFILE_ERROR_SYNTAX, &reader->place,
            "malformed line; write \"Key = value\", \"[Section]\" or \"# comment\"");
    }
    *equals = '\0';
    name = g_strchomp(text);
    if (!reader->in_section) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_SYNTAX, &reader->place,
                                  "key before the first section; begin the file with [Interface]");
    }
    key = wl_profile_keys_find_in_file(reader->section, name);
    value = cut_value(key, equals + 1);
    if (!value) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_SYNTAX, &reader->place,
                                  "%s: no closing quote at the end of the value; add it",
                                  key->file_name);
    }
    if (key)
        return read_known(reader, key, value, error);
    if (!wl_profile_extra_key_is_valid(name) && !wl_profile_keys_is_command(name) &&
        !wl_profile_keys_find_in_any_section(name)) {
        return wl_profile_fail_at(error, WL_PROFILE_ERROR_SYNTAX, &reader->place,
                                  "the text before \"=\" is not a key");
    }
    return read_unknown(reader, name, value, error);
}

static gboolean
check_text(Reader *reader, const char *text, gsize length, GError **error)
{
    const char *bad;

    if (g_utf8_validate_len(text, length, &bad))
        return TRUE;
    reader->place.line = 1;
    for (const char *p = text; p < bad; p++)
        reader->place.line += *p == '\n';
    return wl_profile_fail_at(error, WL_PROFILE_ERROR_SYNTAX, &reader->place,
                              "%s; is this a text file?",
                              *bad ? "not UTF-8" : "contains a zero byte");
}

/* One word for a shell; to be freed. */
static char *
quote_word(const char *text)
{
    gboolean plain = *text != '-';

    for (const char *p = text; *p && plain; p++)
        plain = g_ascii_isalnum(*p) || strchr("._-", *p);
    return plain ? g_strdup(text) : g_shell_quote(text);
}

/* "home.wirelink" for "home.conf"; to be freed. */
static char *
name_target(const char *name)
{
    const char *dot = strrchr(name, '.');
    int length = (int) (dot ? (gsize) (dot - name) : strlen(name));

    return g_strdup_printf("%.*s.wirelink", length, name);
}

/* Checked first, so that files of other programs are recognized whatever they contain. */
static gboolean
has_wirelink_section(const char *text, const char *end)
{
    static const char section[] = "[Wirelink]";

    while (text < end) {
        const char *eol = memchr(text, '\n', (gsize) (end - text));

        while (text < end && (*text == ' ' || *text == '\t'))
            text++;
        if ((gsize) (end - text) >= sizeof(section) - 1 &&
            !g_ascii_strncasecmp(text, section, sizeof(section) - 1))
            return TRUE;
        text = eol ? eol + 1 : end;
    }
    return FALSE;
}

static gboolean
read_lines(Reader *reader, const char *text, const char *end, GError **error)
{
    while (text < end) {
        const char *eol = memchr(text, '\n', (gsize) (end - text));
        gsize length = (gsize) ((eol ? eol : end) - text);
        char *line;
        gboolean ok;

        reader->place.line++;
        if (length > WL_PROFILE_MAX_VALUE) {
            return wl_profile_fail_at(error, WL_PROFILE_ERROR_SYNTAX, &reader->place,
                                      "the line is longer than %u bytes; is this a text file?",
                                      WL_PROFILE_MAX_VALUE);
        }
        line = g_strndup(text, length);
        if (length && line[length - 1] == '\r')
            line[--length] = '\0';
        ok = read_line(reader, line, error);
        explicit_bzero(line, length);
        g_free(line);
        if (!ok)
            return FALSE;
        text = eol ? eol + 1 : end;
    }
    return TRUE;
}

/* wl_profile_check() with the line of the error. */
static gboolean
check(Reader *reader, GError **error)
{
    const WlProfileKey *key;
    guint peer;

    if (wl_profile_check_parts(reader->file->profile, WL_PROFILE_CHECK_STORED_SECRETS, &key, &peer,
                               error))
        return TRUE;
    if (key->scope != WL_KEY_OF_PEER)
        reader->place.line = *key_line(reader, key, 0);
    else if (peer < reader->peer_lines->len)
        reader->place.line = *key_line(reader, key, peer);
    else
        reader->place.line = 0;
    if (!reader->place.line && key->scope == WL_KEY_OF_PEER && peer < reader->peer_lines->len)
        reader->place.line = g_array_index(reader->peer_lines, guint, peer);
    else if (!reader->place.line && key->section != WL_PROFILE_SECTION_PEER)
        reader->place.line = reader->section_lines[key->section];
    if (error && key == wl_profile_keys_of_field(WL_KEY_OF_PEER,
                                                 G_STRUCT_OFFSET(WlProfilePeer, allowed_ips))) {
        /* Host bits are cleared, as WireGuard does. */
        g_autofree char *message = g_steal_pointer(&(*error)->message);

        (*error)->message =
            g_strdup_printf("%s; for one machine write its address with /32 or /128", message);
    }
    if (reader->place.line)
        wl_profile_prefix_at(error, &reader->place, key->file_name);
    else
        g_prefix_error(error, "%s: [%s] %s: ", reader->place.name,
                       wl_profile_section_to_string(key->section), key->file_name);
    return FALSE;
}

/* What wg-quick does with a default route: a split tunnel would send in the clear what its owner
 * expects inside. Table = off routes nothing there either. */
static void
default_to_full_tunnel(Reader *reader)
{
    WlProfileFile *file = reader->file;
    const WlProfileKey *tunnel =
        wl_profile_keys_of_field(WL_KEY_OF_PROFILE, G_STRUCT_OFFSET(WlProfile, full_tunnel));
    const WlProfileKey *prefixes =
        wl_profile_keys_of_field(WL_KEY_OF_PEER, G_STRUCT_OFFSET(WlProfilePeer, allowed_ips));
    guint peer;

    if (*key_line(reader, tunnel, 0) || file->table == WL_PROFILE_TABLE_OFF ||
        !wl_profile_find_default_route(file->profile, &peer))
        return;
    file->profile->full_tunnel = TRUE;
    reader->place.line = *key_line(reader, prefixes, peer);
    wl_profile_warn_at(file->profile, &reader->place,
                       "AllowedIPs: contains a default route, so all traffic of this machine goes "
                       "through the tunnel (FullTunnel = yes), as with wg-quick; write "
                       "FullTunnel = no in [Wirelink] to send only traffic for the other prefixes");
    /* The most important warning comes first. */
    g_ptr_array_insert(
        file->profile->warnings, 0,
        g_ptr_array_steal_index(file->profile->warnings, file->profile->warnings->len - 1));
}

static WlProfileFile *
parse(const char *text, gsize length, const char *name, gboolean plain, GError **error)
{
    g_autoptr(WlProfileFile) file = wl_profile_file_new();
    g_autoptr(GArray) peer_lines = g_array_new(FALSE, TRUE, sizeof(guint));
    g_autoptr(GArray) key_lines = g_array_new(FALSE, TRUE, sizeof(guint));
    g_autoptr(GPtrArray) host_bits = g_ptr_array_new_with_free_func(free_host_bits);
    g_autoptr(GString) commands = g_string_new(NULL);
    Reader reader = {.file = file,
                     .place = {.name = name},
                     .plain = plain,
                     .peer_lines = peer_lines,
                     .key_lines = key_lines,
                     .host_bits = host_bits,
                     .commands = commands};
    const WlProfileKey *flags = wl_profile_keys_of_field(
        WL_KEY_OF_PEER, G_STRUCT_OFFSET(WlProfilePeer, preshared_key_flags));
    gsize n_keys;

    if (length > WL_PROFILE_MAX_FILE) {
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_SYNTAX,
                    "%s: the file is longer than %u bytes; is this a text file?", name,
                    WL_PROFILE_MAX_FILE);
        return NULL;
    }
    if (length >= 3 && !memcmp(text, "\xef\xbb\xbf", 3)) {
        text += 3;
        length -= 3;
    }
    if (!check_text(&reader, text, length, error))
        return NULL;
    if (!plain && !has_wirelink_section(text, text + length)) {
        g_autofree char *new_name = name_target(name);
        g_autofree char *source = quote_word(name);
        g_autofree char *target = quote_word(new_name);

        g_set_error(
            error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_NO_SECTION,
            "%s: there is no section [Wirelink]; for a wg-quick file, convert it first: wirelinkctl convert %s %s",
            name, source, target);
        return NULL;
    }
    wl_profile_keys(&n_keys);
    g_array_set_size(key_lines, (guint) n_keys);
    if (!read_lines(&reader, text, text + length, error) || !check_commands(&reader, error) ||
        !check_host_bits(&reader, error))
        return NULL;
    default_to_full_tunnel(&reader);
    for (guint i = 0; i < file->profile->peers->len; i++) {
        WlProfilePeer *peer = file->profile->peers->pdata[i];

        if (peer->preshared_key && !*key_line(&reader, flags, i))
            peer->preshared_key_flags = WL_SECRET_FLAG_NONE;
    }
    /* All peers may be in the JSON file of the daemon. */
    if ((!plain || file->profile->peers->len) && !check(&reader, error))
        return NULL;
    return g_steal_pointer(&file);
}

WlProfileFile *
wl_wgquick_parse(const char *text, gsize length, const char *name, GError **error)
{
    return parse(text, length, name, FALSE, error);
}

WlProfileFile *
wl_wgquick_parse_plain(const char *text, gsize length, const char *name, GError **error)
{
    return parse(text, length, name, TRUE, error);
}
