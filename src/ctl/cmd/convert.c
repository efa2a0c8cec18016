/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wirelinkctl convert: between the files of wirelink, wg-quick, the Go daemon and WireHub. What a
 * format cannot hold is left out and reported.
 */
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "wl-command.h"
#include "wl-display.h"
#include "wl-file-io.h"
#include "wl-format.h"
#include "wl-go-config-write.h"
#include "wl-go-config.h"
#include "wl-key-pair.h"
#include "wl-keys.h"
#include "wl-print.h"
#include "wl-private-file.h"
#include "wl-profile-check.h"
#include "wl-profile-error.h"
#include "wl-profile-file.h"
#include "wl-profile-text.h"
#include "wl-wgquick-write.h"
#include "wl-wgquick.h"
#include "wl-wirehub-write.h"
#include "wl-wirehub.h"

static struct {
    char *from, *to, *with, *key_file;
    gboolean force;
} options;

static const GOptionEntry entries[] = {
    {"from", 0, 0, G_OPTION_ARG_STRING, &options.from,
     "the format of FILE: wg-quick, wirelink, go or wirehub (default: detected)", "FORMAT"},
    {"to", 0, 0, G_OPTION_ARG_STRING, &options.to,
     "the format to write (default: by the extension of NEW-FILE: .conf, .wirelink, .json or "
     ".wirehub)",
     "FORMAT"},
    {"with", 0, 0, G_OPTION_ARG_FILENAME, &options.with,
     "the wg-quick file that belongs to the JSON file of the Go daemon, read or written with it",
     "FILE"},
    {"private-key-file", 0, 0, G_OPTION_ARG_FILENAME, &options.key_file,
     "the private key of this member of a WireHub network", "FILE"},
    {"force", 0, 0, G_OPTION_ARG_NONE, &options.force, "overwrite existing files", NULL},
    {NULL},
};

typedef struct {
    WlFormat from, to;
    const char *in, *out; /* @out may be NULL: standard output */
    const char *with;     /* the wg-quick file beside the JSON of the Go daemon, or NULL */
    const char *key_file; /* or NULL */
    gboolean force;
} Conversion;

/* ---- reading ------------------------------------------------------------------------------- */

static WlProfileFile *
read_plain(const char *path, GError **error)
{
    g_autofree char *name = g_filename_display_basename(path);
    WlProfileFile *file;
    gsize length;
    char *text = wl_file_load(path, &length, error);

    if (!text)
        return NULL;
    file = wl_wgquick_parse_plain(text, length, name, error);
    wl_file_wipe(text, length);
    return file;
}

static WlProfileFile *
read_go(const Conversion *conversion, const char *text, gsize length, const char *name,
        GError **error)
{
    g_autoptr(WlProfileFile) file = NULL;
    g_autofree char *own_key = NULL;

    if (!conversion->with) {
        g_set_error(
            error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_MISSING,
            "%s: the JSON of the Go daemon has neither key nor address; name the wg-quick file "
            "that belongs to it, such as --with /etc/wireguard/wg0.conf",
            name);
        return NULL;
    }
    file = read_plain(conversion->with, error);
    if (!file)
        return NULL;
    own_key = wl_key_pair_public_of(file->profile->private_key);
    if (!wl_go_config_parse(text, length, name, own_key, file, error))
        return NULL;
    return g_steal_pointer(&file);
}

/* The private key of --private-key-file; to be freed with wl_profile_wipe_free(). */
static char *
read_private_key(const Conversion *conversion, const char *name, GError **error)
{
    WlKey key;
    char *text;

    if (!conversion->key_file) {
        g_set_error(
            error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_SECRET,
            "%s: a WireHub file has no private key; name the file with the private key of this "
            "member with --private-key-file",
            name);
        return NULL;
    }
    if (!wl_keys_read_file(conversion->key_file, &key, error))
        return NULL;
    text = wl_key_to_string(&key);
    wl_key_wipe(&key);
    return text;
}

static WlProfileFile *
read_wirehub(const Conversion *conversion, const char *text, gsize length, const char *name,
             GError **error)
{
    char *private_key = read_private_key(conversion, name, error);
    g_autofree char *own_key = wl_key_pair_public_of(private_key);
    WlProfileFile *file = NULL;

    if (private_key && own_key)
        file = wl_wirehub_parse(text, length, name, private_key, own_key, error);
    else if (private_key)
        g_set_error(error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_VALUE,
                    "%s: the private key has no public key; generate another one with wirelinkctl "
                    "genkey",
                    conversion->key_file);
    wl_profile_wipe_free(private_key);
    return file;
}

static WlProfileFile *
read_text(Conversion *conversion, const char *text, gsize length, GError **error)
{
    g_autofree char *name = g_filename_display_basename(conversion->in);
    g_autoptr(WlProfileFile) file = NULL;

    if (conversion->from == WL_FORMAT_UNKNOWN)
        conversion->from = wl_format_detect(text, length);
    if (conversion->from == WL_FORMAT_WIRELINK)
        file = wl_wgquick_parse(text, length, name, error);
    else if (conversion->from == WL_FORMAT_WGQUICK)
        file = wl_wgquick_parse_plain(text, length, name, error);
    else if (conversion->from == WL_FORMAT_GO)
        file = read_go(conversion, text, length, name, error);
    else if (conversion->from == WL_FORMAT_WIREHUB)
        file = read_wirehub(conversion, text, length, name, error);
    else
        g_set_error(
            error, WL_PROFILE_ERROR, WL_PROFILE_ERROR_SYNTAX,
            "%s: unknown file format; name it with --from wg-quick, wirelink, go or wirehub", name);
    if (!file)
        return NULL;
    if (!wl_profile_check(file->profile, WL_PROFILE_CHECK_STORED_SECRETS, error)) {
        g_prefix_error(error, "%s: ", name);
        return NULL;
    }
    return g_steal_pointer(&file);
}

static WlProfileFile *
read_input(Conversion *conversion, GError **error)
{
    gsize length;
    char *text = wl_file_load(conversion->in, &length, error);
    WlProfileFile *file = text ? read_text(conversion, text, length, error) : NULL;

    wl_file_wipe(text, text ? length : 0);
    return file;
}

/* ---- writing ------------------------------------------------------------------------------- */

/* To be freed with wl_profile_wipe_free(). */
static char *
format(const Conversion *conversion, const WlProfileFile *file, WlLosses *losses, GError **error)
{
    g_autofree char *own_key = wl_key_pair_public_of(file->profile->private_key);

    wl_losses_add_keys(losses, file, conversion->to,
                       conversion->to == WL_FORMAT_GO && conversion->with ? WL_FORMAT_WGQUICK
                                                                          : WL_FORMAT_UNKNOWN);
    switch (conversion->to) {
    case WL_FORMAT_WGQUICK:
        return wl_wgquick_format_plain(file);
    case WL_FORMAT_GO:
        return wl_go_config_format(file, own_key, losses);
    case WL_FORMAT_WIREHUB:
        return wl_wirehub_format(file, own_key, losses, error);
    default:
        return wl_wgquick_format(file);
    }
}

static gboolean
write_private(const Conversion *conversion, const char *path, const char *text, GError **error)
{
    return wl_private_file_write(
        path, text, strlen(text),
        conversion->force ? WL_PRIVATE_FILE_REPLACE : WL_PRIVATE_FILE_CREATE, error);
}

static gboolean
write_beside(const Conversion *conversion, const WlProfileFile *file, GError **error)
{
    char *text = wl_wgquick_format_plain(file);
    gboolean written = write_private(conversion, conversion->with, text, error);

    wl_profile_wipe_free(text);
    return written;
}

static gboolean
write_text(const Conversion *conversion, const WlProfileFile *file, const char *text,
           GError **error)
{
    gboolean beside = conversion->to == WL_FORMAT_GO && conversion->with;

    if (beside && !write_beside(conversion, file, error))
        return FALSE;
    if (!conversion->out) {
        /* Not through a buffer that is never wiped. */
        setvbuf(stdout, NULL, _IONBF, 0);
        fputs(text, stdout);
        return TRUE;
    }
    if (write_private(conversion, conversion->out, text, error))
        return TRUE;
    if (beside && !conversion->force)
        g_unlink(conversion->with);
    return FALSE;
}

static void
print_losses(const Conversion *conversion, const WlLosses *losses)
{
    g_autoptr(GPtrArray) lost = wl_losses_to_strings(losses);

    for (guint i = 0; i < lost->len; i++) {
        g_autofree char *text = wl_display_escape(lost->pdata[i]);

        wl_print_error("warning: left out %s, which a %s file cannot hold", text,
                       wl_format_to_string(conversion->to));
    }
}

static WlExit
convert(Conversion *conversion)
{
    g_autoptr(WlLosses) losses = wl_losses_new();
    g_autoptr(WlProfileFile) file = NULL;
    g_autoptr(GError) error = NULL;
    char *text = NULL;
    gboolean done = FALSE;

    file = read_input(conversion, &error);
    if (file && conversion->to == WL_FORMAT_UNKNOWN)
        conversion->to =
            conversion->from == WL_FORMAT_WIRELINK ? WL_FORMAT_UNKNOWN : WL_FORMAT_WIRELINK;
    if (file && conversion->to == WL_FORMAT_UNKNOWN) {
        wl_print_error("unknown target format; name it with --to wg-quick, go or wirehub");
        return WL_EXIT_USAGE;
    }
    if (file && conversion->to == conversion->from) {
        wl_print_error("nothing to convert: the file already is a %s file",
                       wl_format_to_string(conversion->to));
        return WL_EXIT_USAGE;
    }
    if (file)
        text = format(conversion, file, losses, &error);
    if (text)
        done = write_text(conversion, file, text, &error);
    wl_profile_wipe_free(text);
    if (!done) {
        g_autofree char *message = wl_display_escape(error->message);

        wl_print_error("%s%s", message,
                       g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_EXIST)
                           ? ", or overwrite it with --force"
                           : "");
        return WL_EXIT_FAILURE;
    }
    wl_print_warnings(file->profile->warnings);
    print_losses(conversion, losses);
    return WL_EXIT_OK;
}

static gboolean
read_format(const char *option, const char *text, WlFormat *format_)
{
    g_autofree char *shown = NULL;

    *format_ = text ? wl_format_from_string(text) : WL_FORMAT_UNKNOWN;
    if (!text || *format_ != WL_FORMAT_UNKNOWN)
        return TRUE;
    shown = wl_display_escape(text);
    wl_print_error(
        "--%s: unknown format \"%s\"; the formats are wg-quick, wirelink, go and wirehub", option,
        shown);
    return FALSE;
}

static WlExit
run(WlRequest *request)
{
    Conversion conversion = {.in = request->operands[0],
                             .out = request->operands[1],
                             .with = options.with,
                             .key_file = options.key_file,
                             .force = options.force};

    if (!read_format("from", options.from, &conversion.from) ||
        !read_format("to", options.to, &conversion.to))
        return WL_EXIT_USAGE;
    if (conversion.to == WL_FORMAT_UNKNOWN && conversion.out)
        conversion.to = wl_format_of_path(conversion.out);
    return convert(&conversion);
}

const WlCommand wl_command_convert = {
    .name = "convert",
    .operands = "FILE [NEW-FILE]",
    .summary = "convert a file of another format to a profile, or a profile to another format",
    .wants = WL_WANTS_FILE,
    .options = entries,
    .run = run,
};
