/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Automatic trust, and the effect of setting a level. */

#include "editor-test.h"

#include <string.h>

#include "model/wl-effective-trust.h"
#include "model/wl-labels.h"

static void
assert_reason(WlEditorModel *model, guint position, const char *part)
{
    g_autofree char *reason =
        wl_editor_model_dup_trust_reason(model, wl_editor_model_get_peer(model, position));

    g_test_message("%s", reason);
    g_assert_nonnull(strstr(reason, part));
}

static void
test_levels(void)
{
    for (int level = WL_PROFILE_TRUST_UNSET; level <= WL_PROFILE_TRUST_DELEGATE_TRUST; level++) {
        g_assert_true(*wl_editor_trust_title((WlProfileTrust) level));
        g_assert_true(g_str_has_suffix(wl_editor_trust_explanation((WlProfileTrust) level), "."));
    }
}

static void
test_automatic(void)
{
    g_autoptr(WlEditorModel) model = test_model_of_two();
    WlEditorPeer *hub = wl_editor_model_get_peer(model, 0);
    WlEditorPeer *laptop = wl_editor_model_get_peer(model, 1);

    g_assert_true(wl_editor_model_is_trust_automatic(model));
    g_assert_null(wl_editor_model_dup_trust_warning(model));
    g_assert_true(wl_editor_model_is_router(model, hub));
    g_assert_false(wl_editor_model_is_router(model, laptop));
    g_assert_cmpint(wl_editor_model_get_trust(model, hub), ==, WL_PROFILE_TRUST_MEMBERSHIP);
    g_assert_cmpint(wl_editor_model_get_trust(model, laptop), ==, WL_PROFILE_TRUST_ENDPOINT);
    assert_reason(model, 0, "Members: a router");
    assert_reason(model, 1, "Endpoints: a known peer");

    wl_editor_model_set_text(model, laptop, "basic", "yes");
    assert_reason(model, 1, "WireGuard only");
    wl_editor_model_set_text(model, hub, "allowed-ips", "0.0.0.0/0");
    g_assert_true(wl_editor_model_is_router(model, hub));
    /* The LAN behind a member gives it no members. */
    wl_editor_model_set_text(model, hub, "allowed-ips", "10.77.0.1/32, 192.168.6.0/24");
    g_assert_false(wl_editor_model_is_router(model, hub));
    assert_reason(model, 0, "Endpoints: a known peer");
    wl_editor_model_set_text(model, hub, "allowed-ips", "10.77.0.1/32");
    g_assert_false(wl_editor_model_is_router(model, hub));
}

static void
test_level_set(void)
{
    g_autoptr(WlEditorModel) model = test_model_of_two();
    WlEditorPeer *hub = wl_editor_model_get_peer(model, 0);
    WlEditorPeer *laptop = wl_editor_model_get_peer(model, 1);
    g_autofree char *warning = NULL;
    g_autofree char *other = NULL;
    g_autofree char *routers = NULL;

    wl_editor_model_set_text(model, laptop, "trust", "Untrusted");
    g_assert_false(wl_editor_model_is_trust_automatic(model));
    g_assert_cmpint(wl_editor_model_get_trust(model, hub), ==, WL_PROFILE_TRUST_ENDPOINT);
    g_assert_cmpint(wl_editor_model_get_trust(model, laptop), ==, WL_PROFILE_TRUST_UNTRUSTED);
    assert_reason(model, 0, "known peer");
    assert_reason(model, 1, "Untrusted: set in this profile");
    warning = wl_editor_model_dup_trust_warning(model);
    g_assert_nonnull(strstr(warning, "level is set for laptop"));
    g_assert_nonnull(strstr(warning, "level of its own, hub may"));

    routers = wl_editor_model_dup_lost_routers(model);
    g_assert_cmpstr(routers, ==, "hub");
    wl_editor_model_trust_routers(model);
    g_assert_cmpstr(wl_editor_model_get_text(model, hub, "trust"), ==, "Membership");
    g_assert_cmpstr(wl_editor_model_get_text(model, laptop, "trust"), ==, "Untrusted");
    g_assert_null(wl_editor_model_dup_lost_routers(model));
    other = wl_editor_model_dup_trust_warning(model);
    g_assert_nonnull(strstr(other, "level is set for hub, laptop"));
    g_assert_null(strstr(other, "of its own"));
    wl_editor_model_set_text(model, hub, "trust", "");
    wl_editor_model_set_text(model, laptop, "trust", "");
    g_assert_true(wl_editor_model_is_trust_automatic(model));
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/editor/trust/levels", test_levels);
    g_test_add_func("/editor/trust/automatic", test_automatic);
    g_test_add_func("/editor/trust/level-set", test_level_set);
    return g_test_run();
}
