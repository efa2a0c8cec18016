/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzzes the import of files in every format. A file is either refused with an error or parsed; a
 * parsed wirelink file is written in a form that parses to the same profile. */

#include <string.h>

#include "fuzz.h"
#include "wl-go-config-write.h"
#include "wl-go-config.h"
#include "wl-profile-compare.h"
#include "wl-profile-value.h"
#include "wl-wgquick-write.h"
#include "wl-wgquick.h"
#include "wl-wirehub-write.h"
#include "wl-wirehub.h"

#define PRIVATE_KEY "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define OWN_KEY     "j0DFrbaPJWJK5bIU6nZ6bslNgp09e14a0bpvPiE4KF8="

static void
check_failed(const GError *error)
{
    g_assert_nonnull(error);
    g_assert_true(g_utf8_validate(error->message, -1, NULL));
    g_assert_true(g_str_has_prefix(error->message, "f"));
}

static void
check_wirelink(const char *text, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfileFile) file = wl_wgquick_parse(text, length, "f", &error);
    g_autoptr(WlProfileFile) again = NULL;
    char *once, *twice;

    if (!file) {
        check_failed(error);
        return;
    }
    once = wl_wgquick_format(file);
    again = wl_wgquick_parse(once, strlen(once), "f", &error);
    g_assert_no_error(error);
    g_assert_true(wl_profile_equal(file->profile, again->profile));
    twice = wl_wgquick_format(again);
    g_assert_cmpstr(once, ==, twice);
    wl_profile_wipe_free(once);
    wl_profile_wipe_free(twice);
}

static void
check_plain(const char *text, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfileFile) file = wl_wgquick_parse_plain(text, length, "f", &error);

    if (file)
        wl_profile_wipe_free(wl_wgquick_format_plain(file));
    else
        check_failed(error);
}

static void
check_go(const char *text, gsize length)
{
    static const char base[] =
        "[Interface]\nPrivateKey = " PRIVATE_KEY "\nAddress = 10.77.0.2/24\n";
    g_autoptr(GError) error = NULL;
    g_autoptr(WlLosses) losses = wl_losses_new();
    g_autoptr(WlProfileFile) file = wl_wgquick_parse_plain(base, strlen(base), "f", &error);

    g_assert_no_error(error);
    if (wl_go_config_parse(text, length, "f", OWN_KEY, file, &error))
        g_free(wl_go_config_format(file, OWN_KEY, losses));
    else
        check_failed(error);
}

static void
check_wirehub(const char *text, gsize length)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WlLosses) losses = wl_losses_new();
    g_autoptr(WlProfileFile) file =
        wl_wirehub_parse(text, length, "f", PRIVATE_KEY, OWN_KEY, &error);

    if (file)
        g_free(wl_wirehub_format(file, OWN_KEY, losses, NULL));
    else
        check_failed(error);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = size ? (const char *) data : "";

    wl_format_detect(text, size);
    check_wirelink(text, size);
    check_plain(text, size);
    check_go(text, size);
    check_wirehub(text, size);
    return 0;
}
