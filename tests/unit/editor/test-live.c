/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The live state as text, in each language. */

#include "editor-test.h"

#include <libintl.h>
#include <locale.h>
#include <string.h>

#include "wl-reason.h"

static void
speak(const char *language)
{
    g_setenv("LANGUAGE", language, TRUE);
    bindtextdomain(GETTEXT_PACKAGE, g_getenv("WL_TEST_LOCALES"));
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    textdomain("messages"); /* makes gettext read the variable again */
}

/* glibc ignores LANGUAGE in the locale C, and newer versions in C.UTF-8, too. */
static gboolean
can_translate(void)
{
    const char *locale = setlocale(LC_MESSAGES, NULL);

    if (!g_str_equal(locale, "C") && !g_str_equal(locale, "C.UTF-8"))
        return TRUE;
    g_test_skip("no locale to translate in; install the package locales and build again");
    return FALSE;
}

/* Every sentence of the engine is translated and contains all its arguments. */
static void
test_languages(gconstpointer language)
{
    const char *const arguments[] = {"hub-1", "Endpoint", NULL};

    if (!can_translate())
        return;
    speak(language);
    g_assert_cmpstr(wl_editor_live_state_title("offline"), ==,
                    g_str_equal(language, "de") ? "Nicht erreichbar" : "לא מקוון");
    for (WlReasonId id = 0; id < WL_REASON_N; id++) {
        const char *name = wl_reason_id_to_string(id);
        g_autofree char *english = wl_reason_fill(wl_reason_find_template(name), arguments);
        g_autofree char *translated = wl_editor_live_sentence(name, arguments, "unknown here");
        guint n_arguments = wl_reason_count_arguments(id);

        g_test_message("%s: %s", name, translated);
        g_assert_cmpstr(translated, !=, english);
        g_assert_cmpstr(translated, !=, "unknown here");
        g_assert_true(g_utf8_validate(translated, -1, NULL));
        g_assert_cmpint(strstr(translated, "hub-1") != NULL, ==, n_arguments > 0);
        /* A trust level has the title that the editor uses elsewhere. */
        if (n_arguments > 1)
            g_assert_cmpint(strstr(translated, "Endpoint") != NULL, ==,
                            !wl_reason_is_trust(name, 1));
    }
}

static void
test_sentence(void)
{
    const char *const two[] = {"nas", "AllowedIPs", NULL};
    g_autofree char *trust = NULL, *unknown = NULL, *short_of = NULL;

    speak("en");
    trust = wl_editor_live_sentence("trust-too-low-members", two, "");
    g_assert_cmpstr(trust, ==,
                    "refused: nas is not trusted to introduce members; its trust is Allowed IPs");
    /* from a later version of the service */
    unknown = wl_editor_live_sentence("by-carrier-pigeon", two, "sent by a pigeon");
    g_assert_cmpstr(unknown, ==, "sent by a pigeon");
    short_of = wl_editor_live_sentence("routed-silent", NULL, "");
    g_assert_cmpstr(short_of, ==, "via : no more packets from ");
}

static char *
summary(const char *state, const char *id, const char *reason)
{
    const WlEditorLivePeer peer = {
        .state = (char *) state, .reason_id = (char *) id, .reason = (char *) reason};

    return wl_editor_live_dup_summary(&peer);
}

static void
test_summary(void)
{
    g_autofree char *direct = NULL, *offline = NULL, *bare = NULL;

    speak("en");
    direct = summary("direct", "direct", "direct on 192.0.2.1:51820");
    g_assert_cmpstr(direct, ==, "Direct on 192.0.2.1:51820");
    offline = summary("offline", "no-uplink", "no uplink");
    g_assert_cmpstr(offline, ==, "Offline: no uplink");
    bare = summary("routed", "", "");
    g_assert_cmpstr(bare, ==, "Through a router");
}

/* The round-trip time belongs to a peer that answers. */
static void
test_state(void)
{
    static const struct {
        const char *state;
        guint round_trip;
        const char *text;
    } cases[] = {
        {"direct", 0, "Direct"},
        {"direct", 2100, "Direct, 2.1 ms"},
        {"direct-lan", 12345, "Direct on the local network, 12 ms"},
        {"routed", 9, "Through a router, 0.0 ms"},
        {"offline", 2100, "Offline"},
        {"connecting", 2100, "Connecting"},
    };

    speak("en");
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        const WlEditorLivePeer peer = {.state = (char *) cases[i].state,
                                       .round_trip = cases[i].round_trip};
        g_autofree char *text = wl_editor_live_dup_state(&peer);

        g_assert_cmpstr(text, ==, cases[i].text);
    }
}

static void
test_traffic(void)
{
    const WlEditorLivePeer none = {.state = (char *) "direct"};
    const WlEditorLivePeer some = {.state = (char *) "direct", .received = 1500000, .sent = 148};
    g_autofree char *text = NULL;

    speak("en");
    g_assert_null(wl_editor_live_dup_traffic(&none));
    text = wl_editor_live_dup_traffic(&some);
    g_assert_true(g_str_has_prefix(text, "Received 1.5"));
    g_assert_nonnull(strstr(text, "sent 148 bytes"));
}

static void
add_fact(WlEditorLive *live, const char *type, const char *value, const char *source,
         const char *refused)
{
    const WlEditorLiveFact fact = {
        .subject = (char *) PHONE_KEY,
        .type = (char *) type,
        .value = (char *) value,
        .source = (char *) source,
        .source_name = (char *) (g_str_equal(source, HUB_KEY) ? "hub" : ""),
        .reason = (char *) refused,
        .accepted = !refused,
    };

    wl_editor_live_add_fact(live, &fact);
}

/* Facts show their source and why they are refused; their number is limited. */
static void
test_facts(void)
{
    g_autoptr(WlEditorLive) live = wl_editor_live_new();
    g_autofree char *few = NULL, *many = NULL;
    g_auto(GStrv) lines = NULL;

    speak("en");
    g_assert_null(wl_editor_live_dup_facts(live, PHONE_KEY));
    add_fact(live, "allowed-ips", "10.77.0.9/32", "", NULL); /* from the profile */
    g_assert_null(wl_editor_live_dup_facts(live, PHONE_KEY));
    add_fact(live, "endpoint", "192.0.2.9:41000", HUB_KEY, NULL);
    add_fact(live, "allowed-ips", "10.0.0.0/8", LAPTOP_KEY, "refused: limit reached");
    add_fact(live, "member", "phone", HUB_KEY, NULL);
    few = wl_editor_live_dup_facts(live, PHONE_KEY);
    g_assert_cmpstr(few, ==,
                    "Endpoint 192.0.2.9:41000, from hub\n"
                    "Allowed IP 10.0.0.0/8, from " LAPTOP_KEY "; refused: limit reached\n"
                    "Member, from hub");
    for (guint i = 0; i < 100; i++)
        add_fact(live, "endpoint", "192.0.2.9:41000", HUB_KEY, NULL);
    many = wl_editor_live_dup_facts(live, PHONE_KEY);
    lines = g_strsplit(many, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 13);
    g_assert_cmpstr(lines[12], ==, "and 91 more");
    g_assert_null(wl_editor_live_dup_facts(live, HUB_KEY));
}

static WlEditorModel *
model_with_nonsense(void)
{
    static const char *const items[] = {
        "address=10.77.0.2/24",
        "!private-key=" PRIVATE_KEY,
        "peer-1-public-key=" HUB_KEY,
        "peer-1-name=hub",
        "peer-1-endpoint=nowhere",
        "peer-1-allowed-ips=10.77.0.0/24",
        NULL,
    };

    return test_model(items);
}

static void
assert_error(WlEditorModel *model, const char *error, const char *part)
{
    WlEditorLive *live = wl_editor_live_new();
    g_autofree char *translated = NULL;

    wl_editor_live_set_profile_state(live, NULL, error);
    wl_editor_model_set_live(model, live);
    translated = wl_editor_model_dup_profile_error(model);
    g_test_message("%s", translated);
    g_assert_true(g_str_has_suffix(translated, part));
}

/* The editor replaces the English error of the service if it found the same one in the loaded
 * profile. */
static void
test_profile_error(gconstpointer language)
{
    g_autoptr(WlEditorModel) english = NULL;
    g_autoptr(WlEditorModel) model = NULL;
    g_autofree char *here = NULL, *elsewhere = NULL, *translated_elsewhere = NULL,
                    *translated = NULL;
    const char *sentence;
    WlEditorPeer *hub;

    if (!can_translate())
        return;
    speak("en");
    english = model_with_nonsense();
    sentence =
        wl_editor_model_get_problem(english, wl_editor_model_get_peer(english, 0), "endpoint");
    here = g_strconcat("peer-1-endpoint: ", sentence, NULL);
    translated_elsewhere =
        g_strdup("\"elsewhere\" has no port; write it like hub.example.net:51820");
    elsewhere = g_strconcat("peer-1-endpoint: ", translated_elsewhere, NULL);

    speak(language);
    model = model_with_nonsense();
    hub = wl_editor_model_get_peer(model, 0);
    translated = g_strdup(wl_editor_model_get_problem(model, hub, "endpoint"));
    g_assert_cmpstr(translated, !=, sentence);
    assert_error(model, here, translated);
    /* saved since the editor was opened */
    assert_error(model, elsewhere, translated_elsewhere);
    assert_error(model, "peer-7-endpoint: is odd", ": is odd");
    assert_error(model, "peer-1-color: is odd", "peer-1-color: is odd");
    assert_error(model, "nothing is left", ": nothing is left");
    /* the typed text is not the saved one */
    wl_editor_model_set_text(model, hub, "endpoint", "nowhere else");
    assert_error(model, here, sentence);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/editor/live/languages/de", "de", test_languages);
    g_test_add_data_func("/editor/live/languages/he", "he", test_languages);
    g_test_add_data_func("/editor/live/profile-error/de", "de", test_profile_error);
    g_test_add_data_func("/editor/live/profile-error/he", "he", test_profile_error);
    g_test_add_func("/editor/live/sentence", test_sentence);
    g_test_add_func("/editor/live/summary", test_summary);
    g_test_add_func("/editor/live/state", test_state);
    g_test_add_func("/editor/live/traffic", test_traffic);
    g_test_add_func("/editor/live/facts", test_facts);
    return g_test_run();
}
