/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wirelinkctl decode: reads datagrams of the wirelink protocol as lines of hexadecimal digits
 * and prints each as a line of JSON. An invalid line is reported and skipped; the exit status is
 * then 1.
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "wl-command.h"
#include "wl-datagram.h"
#include "wl-display.h"
#include "wl-group.h"
#include "wl-key-pair.h"
#include "wl-keys.h"
#include "wl-line.h"
#include "wl-packet-json.h"
#include "wl-print.h"
#include "wl-signer.h"

#define MAX_LINE (128 * 1024)

static struct {
    char *key_file, *source;
} options;

static const GOptionEntry entries[] = {
    {"private-key-file", 0, 0, G_OPTION_ARG_FILENAME, &options.key_file,
     "report whether the member with this private key would accept the datagram", "FILE"},
    {"source", 0, 0, G_OPTION_ARG_STRING, &options.source, "the source address of the datagrams",
     "ADDRESS"},
    {NULL},
};

/* ---- sender and receiver ------------------------------------------------------------------- */

/* NULL without *error: signatures are not checked. */
static WlSigner *
load_signer(const char *key_file, GError **error)
{
    WlSigner *signer;
    WlKey key;

    if (!key_file || !wl_keys_read_file(key_file, &key, error))
        return NULL;
    signer = wl_signer_new(&key, wl_key_pair_random, NULL);
    wl_key_wipe(&key);
    return signer;
}

/* An address with or without the interface after a percent sign. */
static gboolean
parse_source(const char *text, WlIp *source)
{
    g_autofree char *address = g_strndup(text, strcspn(text, "%"));

    return wl_ip_parse(address, source) && source->family == WL_FAMILY_V6;
}

static void
add_verdict(JsonObject *object, WlSigner *signer, const WlIp *source, const guint8 *data,
            gsize length)
{
    g_autoptr(GArray) facts = wl_fact_array_new();
    WlReceiveResult result;
    WlKey sender;

    /* A longer datagram is truncated on receipt (docs/protocol.md 1.6). */
    result =
        wl_datagram_open(signer, source, data, MIN(length, WL_RECEIVE_MAX), &sender, facts, NULL);
    json_object_set_boolean_member(object, "accepted", result == WL_RECEIVE_ACCEPTED);
    if (result != WL_RECEIVE_ACCEPTED)
        json_object_set_string_member(object, "refusal", wl_receive_result_label(result));
}

/* ---- lines --------------------------------------------------------------------------------- */

static void
print_line_error(guint64 number, const char *what)
{
    JsonObject *object = json_object_new();
    g_autofree char *message = g_strdup_printf("line %" G_GUINT64_FORMAT " %s", number, what);

    json_object_set_string_member(object, "error", message);
    json_object_set_int_member(object, "line", (gint64) number);
    wl_print_json(object, FALSE);
}

/* The problem with the line, or NULL with its bytes appended to @bytes. */
static const char *
unhex(GString *line, GByteArray *bytes)
{
    const char *hex, *bad;
    gsize length, size;

    if (memchr(line->str, 0, line->len))
        return "is not hexadecimal: it contains a NUL";
    hex = g_strstrip(line->str);
    length = strlen(hex);
    if (strspn(hex, "0123456789abcdefABCDEF") != length)
        return "is not hexadecimal: only the digits 0-9 and a-f are allowed";
    if (length % 2)
        return "is not hexadecimal: it has an odd number of digits";
    g_byte_array_set_size(bytes, length / 2);
    if (length == 0)
        return NULL;
    if (sodium_hex2bin(bytes->data, bytes->len, hex, length, NULL, &size, &bad) != 0 ||
        size != bytes->len)
        return "is not hexadecimal";
    return NULL;
}

static gboolean
decode_line(guint64 number, WlLineResult read, GString *line, WlSigner *signer, const WlIp *source)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const char *problem = read == WL_LINE_TOO_LONG
                              ? "is too long for a datagram: at most 131072 digits"
                              : unhex(line, bytes);
    JsonObject *object;

    if (problem) {
        print_line_error(number, problem);
        return FALSE;
    }
    object = wl_packet_to_json(bytes->data, bytes->len);
    if (signer)
        add_verdict(object, signer, source, bytes->data, bytes->len);
    wl_print_json(object, FALSE);
    return TRUE;
}

static WlExit
decode_lines(WlSigner *signer, const WlIp *source)
{
    g_autoptr(GString) line = g_string_new(NULL);
    WlExit result = WL_EXIT_OK;
    WlLineResult read;

    for (guint64 number = 1;; number++) {
        read = wl_line_read(stdin, line, MAX_LINE);
        if (read == WL_LINE_END)
            break;
        if (!decode_line(number, read, line, signer, source))
            result = WL_EXIT_FAILURE;
        /* A writer of lines may wait for each result. */
        if (fflush(stdout) != 0)
            return WL_EXIT_FAILURE;
    }
    if (ferror(stdin)) {
        wl_print_error("cannot read standard input");
        return WL_EXIT_FAILURE;
    }
    return result;
}

static WlExit
run(WlRequest *request)
{
    g_autoptr(WlSigner) signer = NULL;
    g_autoptr(GError) error = NULL;
    WlIp source = {0};

    if (!options.key_file != !options.source)
        return wl_exit_usage(FALSE, "decode",
                             "--%s is missing; --private-key-file and --source "
                             "belong together",
                             options.key_file ? "source" : "private-key-file");
    if (options.source && !parse_source(options.source, &source)) {
        g_autofree char *shown = wl_display_escape(options.source);

        wl_print_error("--source: \"%s\" is not an IPv6 address; write one such as fe80::1", shown);
        return WL_EXIT_USAGE;
    }
    signer = load_signer(options.key_file, &error);
    if (error) {
        wl_print_error("%s", error->message);
        return WL_EXIT_FAILURE;
    }
    return decode_lines(signer, &source);
}

const WlCommand wl_command_decode = {
    .name = "decode",
    .summary = "read datagrams as lines of hexadecimal digits and print each as a line of JSON",
    .options = entries,
    .run = run,
};
