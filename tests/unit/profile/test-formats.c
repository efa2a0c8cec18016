/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The formats of other programs: wg-quick, the JSON of the Go daemon, WireHub. */

#include <string.h>

#include "test-keys.h"
#include "wl-file-io.h"
#include "wl-go-config-write.h"
#include "wl-go-config.h"
#include "wl-profile-check.h"
#include "wl-profile-compare.h"
#include "wl-wgquick-write.h"
#include "wl-wgquick.h"
#include "wl-wirehub-write.h"
#include "wl-wirehub.h"

/* The public key of PRIVATE_KEY. */
#define OWN_KEY "fNKz2zZNVYoVC7hhtN1Vm++Y42CasEkt2sp82LMFRSY="

#define WG_QUICK                                                                                   \
    "[Interface]\nPrivateKey = " PRIVATE_KEY "\nAddress = 10.77.0.2/24\nListenPort = 51820\n"
#define WG_PEER                                                                                    \
    "\n[Peer]\nPublicKey = " HUB_KEY "\nPresharedKey = " PRESHARED_KEY                             \
    "\nEndpoint = hub.example.net:51820\nAllowedIPs = 10.77.0.0/24\n"

static WlProfileFile *
parse_plain(const char *text)
{
    g_autoptr(GError) error = NULL;
    WlProfileFile *file = wl_wgquick_parse_plain(text, strlen(text), "wg0.conf", &error);

    g_assert_no_error(error);
    return file;
}

static WlProfileFile *
parse(const char *text)
{
    g_autoptr(GError) error = NULL;
    WlProfileFile *file = wl_wgquick_parse(text, strlen(text), "a.wirelink", &error);

    g_assert_no_error(error);
    return file;
}

static char *
join(const GPtrArray *strings)
{
    GString *all = g_string_new(NULL);

    for (guint i = 0; i < strings->len; i++)
        g_string_append_printf(all, "%s\n", (const char *) strings->pdata[i]);
    return g_string_free(all, FALSE);
}

static char *
losses_of(const WlProfileFile *file, WlFormat format, WlFormat beside)
{
    g_autoptr(WlLosses) losses = wl_losses_new();
    g_autoptr(GPtrArray) strings = NULL;

    wl_losses_add_keys(losses, file, format, beside);
    strings = wl_losses_to_strings(losses);
    return join(strings);
}

/* ---- detection ----------------------------------------------------------------------------- */

static void
test_detect(void)
{
    static const struct {
        const char *text;
        WlFormat format;
    } cases[] = {
        {"", WL_FORMAT_UNKNOWN},
        {"hello\n", WL_FORMAT_UNKNOWN},
        {"namely x\n", WL_FORMAT_UNKNOWN},
        {"\n \t{}", WL_FORMAT_GO},
        {"\xef\xbb\xbf{}", WL_FORMAT_GO},
        {"# a comment\n[Interface]\n", WL_FORMAT_WGQUICK},
        {"[Interface]\n[Peer]\n  [wirelink] # here\n", WL_FORMAT_WIRELINK},
        {"{\n[Wirelink]\n", WL_FORMAT_GO},
        {"# x\nname tutorial\nsubnet 10.0.0.0/8\n", WL_FORMAT_WIREHUB},
        {"trust\tnode_a", WL_FORMAT_WIREHUB},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpint(wl_format_detect(cases[i].text, strlen(cases[i].text)), ==,
                        cases[i].format);
    }
    g_assert_cmpint(wl_format_of_path("/a.json/b.conf"), ==, WL_FORMAT_WGQUICK);
    g_assert_cmpint(wl_format_of_path("a.json"), ==, WL_FORMAT_GO);
    g_assert_cmpint(wl_format_of_path("a"), ==, WL_FORMAT_UNKNOWN);
    for (guint i = WL_FORMAT_WIRELINK; i <= WL_FORMAT_WIREHUB; i++)
        g_assert_cmpint(wl_format_from_string(wl_format_to_string((WlFormat) i)), ==, i);
    g_assert_cmpint(wl_format_from_string(""), ==, WL_FORMAT_UNKNOWN);
}

/* ---- wg-quick ------------------------------------------------------------------------------ */

static void
test_plain(void)
{
    g_autoptr(WlProfileFile) file =
        parse_plain(WG_QUICK "PostUp = iptables -A x\nFwMark = 0x20\n" WG_PEER);
    g_autofree char *warnings = join(file->profile->warnings);
    g_autofree char *text = wl_wgquick_format_plain(file);

    g_assert_nonnull(strstr(warnings, "wg0.conf:5: PostUp: left out"));
    g_assert_cmpstr(text, ==, WG_QUICK "FwMark = 0x20\n" WG_PEER);
}

/* Every key that only a .wirelink file supports is listed, without its value. */
static void
test_plain_losses(void)
{
    g_autoptr(WlProfileFile) file = parse(
        WG_QUICK "Note = 1\n[Wirelink]\nName = me\nRole = leaf\nFactPort = 51900\nX-Note = "
                 "2\n[Peer]\nPublicKey = " HUB_KEY "\nName = hub\nTrust = Membership\nEndpoint = "
                 "192.0.2.1:1\nEndpoint = 192.0.2.2:2\n[Peer]\nPublicKey = " LAPTOP_KEY
                 "\nTrust = Endpoint\nBasic = yes\n");
    g_autofree char *lost = losses_of(file, WL_FORMAT_WGQUICK, WL_FORMAT_UNKNOWN);
    g_autofree char *with_go = losses_of(file, WL_FORMAT_GO, WL_FORMAT_WGQUICK);
    g_autofree char *nothing = losses_of(file, WL_FORMAT_WIRELINK, WL_FORMAT_UNKNOWN);
    g_autofree char *text = wl_wgquick_format_plain(file);

    g_assert_cmpstr(lost, ==,
                    "Name\nRole\nFactPort\nName of hub\nTrust of hub and 2aM9QzUO…\n"
                    "Basic of 2aM9QzUO…\nNote\nX-Note\nEndpoint, all but the first, of hub\n");
    g_assert_cmpstr(with_go, ==, "Note\nX-Note\n");
    g_assert_cmpstr(nothing, ==, "");
    g_assert_null(strstr(text, "192.0.2.2"));
    g_assert_null(strstr(text, "Trust"));
    g_assert_null(strstr(text, "[Wirelink]"));
    g_assert_nonnull(strstr(text, "\n# hub\n"));
}

static void
test_many_losses(void)
{
    g_autoptr(WlLosses) losses = wl_losses_new();
    g_autoptr(GPtrArray) strings = NULL;

    for (guint i = 0; i < 6; i++) {
        g_autoptr(WlProfilePeer) peer = wl_profile_peer_new();

        peer->name = g_strdup_printf("p%u", i);
        wl_losses_add(losses, "Trust", peer);
    }
    strings = wl_losses_to_strings(losses);
    g_assert_cmpuint(strings->len, ==, 1);
    g_assert_cmpstr(strings->pdata[0], ==, "Trust of p0, p1, p2, p3 and 2 more");
}

/* ---- the Go daemon ------------------------------------------------------------------------- */

static const char go_json[] =
    "{ \"Port\": \"51900\", \"router\": \"true\", \"chatty\": true, \"debug\": true,\n"
    "  \"hideifaces\": \"docker*,virbr*\", \"reportifaces\": null, \"peers\": [\n"
    "  {\"publickey\": \"" HUB_KEY "\", \"NAME\": \"hub\", \"Trust\": \"Membership\",\n"
    "   \"FactExchanger\": 1, \"Endpoints\": [\"192.0.2.1:51820\", \"hub.example.net:51820\"],\n"
    "   \"AllowedIPs\": [\"10.77.0.7/24\", \"fd77::/64\"]},\n"
    "  {\"PublicKey\": \"" OWN_KEY "\", \"Name\": \"me\", \"Trust\": \"AllowedIPs\",\n"
    "   \"AllowedIPs\": [\"10.77.0.2/32\"]},\n"
    "  {\"PublicKey\": \"" PHONE_KEY "\", \"Basic\": true, \"Trust\": \"\",\n"
    "   \"AllowedIPs\": \"10.77.0.9/32\"} ] }";

static void
test_go(void)
{
    g_autoptr(WlProfileFile) file = parse_plain(WG_QUICK WG_PEER);
    const WlProfile *profile = file->profile;
    const WlProfilePeer *hub, *phone;
    g_autofree char *warnings = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_true(wl_go_config_parse(go_json, strlen(go_json), "w.json", OWN_KEY, file, &error));
    g_assert_no_error(error);
    g_assert_true(wl_profile_check(profile, WL_PROFILE_CHECK_SECRETS, &error));
    g_assert_cmpuint(profile->fact_port, ==, 51900);
    g_assert_cmpint(profile->role, ==, WL_PROFILE_ROLE_ROUTER);
    g_assert_true(profile->chatty);
    g_assert_cmpstr(profile->name, ==, "me");
    g_assert_cmpuint(profile->hide_interfaces->len, ==, 2);
    g_assert_cmpuint(profile->announce_interfaces->len, ==, 0);
    g_assert_cmpuint(profile->peers->len, ==, 2);
    hub = profile->peers->pdata[0];
    g_assert_cmpstr(hub->name, ==, "hub");
    g_assert_cmpint(hub->trust, ==, WL_PROFILE_TRUST_MEMBERSHIP);
    g_assert_true(hub->fact_exchanger);
    g_assert_cmpstr(hub->preshared_key, ==, PRESHARED_KEY);
    g_assert_cmpuint(hub->endpoints->len, ==, 2);
    g_assert_cmpstr(hub->endpoints->pdata[0], ==, "hub.example.net:51820");
    g_assert_cmpuint(hub->allowed_ips->len, ==, 2);
    phone = profile->peers->pdata[1];
    g_assert_true(phone->basic);
    g_assert_cmpint(phone->trust, ==, WL_PROFILE_TRUST_UNSET);
    warnings = join(profile->warnings);
    g_assert_cmpstr(warnings, ==,
                    "w.json: debug: has no effect in a profile; kept as X-Go-Debug\n"
                    "w.json: peers[1]: has no effect in a profile; kept as X-Go-Trust\n"
                    "w.json: peers[1]: has no effect in a profile; kept as X-Go-AllowedIPs\n");
}

/* What both formats support survives a round trip, including notes. */
static void
test_go_round_trip(void)
{
    g_autoptr(WlLosses) losses = wl_losses_new();
    g_autoptr(WlProfileFile) file = parse_plain(WG_QUICK WG_PEER);
    g_autoptr(WlProfileFile) again = NULL;
    g_autoptr(GPtrArray) lost = NULL;
    g_autofree char *json = NULL;
    g_autofree char *json_again = NULL;
    g_autofree char *plain = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_true(wl_go_config_parse(go_json, strlen(go_json), "w.json", OWN_KEY, file, &error));
    json = wl_go_config_format(file, OWN_KEY, losses);
    plain = wl_wgquick_format_plain(file);
    g_assert_null(strstr(json, PRIVATE_KEY));
    g_assert_null(strstr(json, PRESHARED_KEY));
    again = parse_plain(plain);
    g_assert_true(wl_go_config_parse(json, strlen(json), "w.json", OWN_KEY, again, &error));
    g_assert_no_error(error);
    g_assert_true(wl_profile_equal(file->profile, again->profile));
    json_again = wl_go_config_format(again, OWN_KEY, losses);
    g_assert_cmpstr(json_again, ==, json);
    lost = wl_losses_to_strings(losses);
    g_assert_cmpuint(lost->len, ==, 0);
}

static void
test_go_port(void)
{
    g_autoptr(WlProfileFile) with_port = parse_plain(WG_QUICK WG_PEER);
    g_autoptr(WlProfileFile) without =
        parse_plain("[Interface]\nPrivateKey = " PRIVATE_KEY "\nAddress = 10.77.0.2/24\n" WG_PEER);

    g_assert_true(wl_go_config_parse("{\"port\": 0}", 11, "w.json", OWN_KEY, with_port, NULL));
    g_assert_cmpuint(with_port->profile->fact_port, ==, 51821);
    g_assert_cmpuint(with_port->profile->warnings->len, ==, 0);
    g_assert_true(wl_go_config_parse("{}", 2, "w.json", OWN_KEY, without, NULL));
    g_assert_cmpuint(without->profile->warnings->len, ==, 1);
    g_assert_nonnull(strstr(without->profile->warnings->pdata[0], "w.json: port: is missing"));
}

static void
test_go_bad(void)
{
    static const struct {
        const char *json, *message;
    } cases[] = {
        {"", "w.json: not an object like"},
        {"[]", "w.json: not an object like"},
        {"\"port\"", "w.json: not an object like"},
        {"{\"port\": 1}\n{\"port\": 2}", "w.json:2: text after the object"},
        {"{\"port\": 1},", "w.json:1: text after the object"},
        {"{", "w.json:1:"},
        {"{\"a", "w.json:1:"},
        {"{]", "w.json:1:"},
        {"{\n \"port\": }", "w.json:2:"},
        {"{\"prot\": 1}", "w.json: prot: is not a key of the daemon; use port"},
        {"{\"port\": 70000}", "w.json: port: \"70000\" is not valid; use a number from 1"},
        {"{\"port\": {}}", "w.json: port: is not a number"},
        {"{\"router\": \"maybe\"}", "w.json: router: is not valid; use true or false"},
        {"{\"peers\": {}}", "w.json: peers: is not a list of peers"},
        {"{\"peers\": [1]}", "w.json: peers[0]: is not an object"},
        {"{\"peers\": [{}]}", "w.json: peers[0]: has no PublicKey"},
        {"{\"peers\": [{\"PublicKey\": \"AAEC\"}]}", "w.json: peers[0].PublicKey: \"AAEC\" is not"},
        {"{\"peers\": [{\"Color\": 1}]}", "w.json: peers[0].Color: is not a key of a peer"},
        {"{\"peers\": [{\"Co\\u001blour\": 1}]}", "w.json: peers[0].Co?lour: is not"},
        {"{\"peers\": [{\"Trust\": \"Full\"}]}", "w.json: peers[0].Trust: \"Full\" is not valid"},
        {"{\"peers\": [{\"AllowedIPs\": [\"::/0\", \"x\"]}]}",
         "w.json: peers[0].AllowedIPs[1]: \"x\" is not an IP address"},
        {"{\"peers\": [{\"Endpoints\": [{}]}]}", "w.json: peers[0].Endpoints[0]: is not a string"},
        {"{\"peers\": [{\"Name\": \"a\", \"name\": \"b\"}]}",
         "w.json: peers[0]: \"name\" is there"},
        {"{\"peers\": [{\"PublicKey\": \"" HUB_KEY "\"}, {\"PublicKey\": \"" HUB_KEY "\"}]}",
         "w.json: peers[1]: has the same PublicKey as another entry"},
        {"{\"a\": \"\xff\"}", "w.json: not a file of the Go daemon"},
    };
    g_autofree char *deep = g_strnfill(100000, '[');

    deep[0] = '{';
    for (guint i = 0; i <= G_N_ELEMENTS(cases); i++) {
        const char *json = i < G_N_ELEMENTS(cases) ? cases[i].json : deep;
        const char *message =
            i < G_N_ELEMENTS(cases) ? cases[i].message : "w.json:1: not a file of the Go daemon";
        g_autoptr(WlProfileFile) file = parse_plain(WG_QUICK);
        g_autoptr(GError) error = NULL;

        g_assert_false(wl_go_config_parse(json, strlen(json), "w.json", OWN_KEY, file, &error));
        g_assert_nonnull(error);
        if (!g_str_has_prefix(error->message, message))
            g_error("\"%s\" does not begin with \"%s\"", error->message, message);
    }
}

/* ---- WireHub ------------------------------------------------------------------------------- */

/* The keys in the alphabet of WireHub. */
#define WH_OWN    "fNKz2zZNVYoVC7hhtN1Vm--Y42CasEkt2sp82LMFRSY"
#define WH_HUB    "FSXZOoplXTlQyHxwmOZ2AY72AHFggajo2gV46747tzQ"
#define WH_LAPTOP "2aM9QzUOUy7G9ljwfRzT-J_TdgObNc8fC_Jm9uBCvTA"
#define WH_PHONE  "pHNt7Zh_ledy17AsjhbgB5LrunUNa3NSK5PlK7MHDKM"

static const char wirehub[] = "name tutorial   # name of network\n"
                              "subnet 10.0.42.0/24\n"
                              "workbit 8\n"
                              "boot " WH_PHONE " bootstrap.example.net\n"
                              "trust me 10.0.42.2 " WH_OWN "\n"
                              "router\thub " WH_HUB " 192.0.2.1:4242\n"
                              "trust " WH_LAPTOP "\n"
                              "color blue\n";

static WlProfileFile *
parse_wirehub(const char *text, GError **error)
{
    return wl_wirehub_parse(text, strlen(text), "net", PRIVATE_KEY, OWN_KEY, error);
}

static void
test_wirehub(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WlProfileFile) file = parse_wirehub(wirehub, &error);
    g_autoptr(WlProfileFile) again = NULL;
    g_autoptr(WlLosses) losses = wl_losses_new();
    g_autofree char *warnings = NULL;
    g_autofree char *text = NULL;
    const WlProfile *profile;
    const WlProfilePeer *hub, *laptop;

    g_assert_no_error(error);
    profile = file->profile;
    g_assert_cmpstr(profile->private_key, ==, PRIVATE_KEY);
    g_assert_cmpstr(profile->name, ==, "me");
    g_assert_cmpuint(profile->addresses->len, ==, 1);
    g_assert_cmpstr(profile->addresses->pdata[0], ==, "10.0.42.2/24");
    g_assert_cmpuint(profile->peers->len, ==, 2);
    hub = profile->peers->pdata[0];
    g_assert_cmpstr(hub->public_key, ==, HUB_KEY);
    g_assert_cmpstr(hub->endpoints->pdata[0], ==, "192.0.2.1:4242");
    /* .2 is used, so the next two are assigned in the order of the lines. */
    g_assert_cmpstr(hub->allowed_ips->pdata[0], ==, "10.0.42.3/32");
    g_assert_cmpstr(hub->allowed_ips->pdata[1], ==, "10.0.42.0/24");
    laptop = profile->peers->pdata[1];
    g_assert_cmpstr(laptop->public_key, ==, LAPTOP_KEY);
    g_assert_null(laptop->name);
    g_assert_cmpstr(laptop->allowed_ips->pdata[0], ==, "10.0.42.4/32");
    warnings = join(profile->warnings);
    g_assert_cmpstr(warnings, ==,
                    "net:8: \"color\": unknown to WireHub; left out\n"
                    "net:4: boot: not a member of the network; kept without effect\n");

    text = wl_wirehub_format(file, OWN_KEY, losses, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(text, ==,
                    "name tutorial\nworkbit 8\nsubnet 10.0.42.0/24\n\n"
                    "boot " WH_PHONE " bootstrap.example.net:62096\n"
                    "trust me 10.0.42.2 " WH_OWN "\n"
                    "router hub 10.0.42.3 " WH_HUB " 192.0.2.1:4242\n"
                    "trust 10.0.42.4 " WH_LAPTOP "\n");
    again = parse_wirehub(text, &error);
    g_assert_no_error(error);
    g_assert_true(wl_profile_equal(profile, again->profile));
}

static void
test_wirehub_losses(void)
{
    g_autoptr(WlProfileFile) file =
        parse("[Interface]\nPrivateKey = " PRIVATE_KEY
              "\nAddress = fd77::2/64, 10.77.0.2/24\n[Wirelink]\nName = my laptop\nRole = leaf\n"
              "[Peer]\nPublicKey = " HUB_KEY
              "\nName = hub\nAllowedIPs = 10.77.0.0/24, fd77::/64\nEndpoint = "
              "192.0.2.1:1\nEndpoint = 192.0.2.2:2\n");
    g_autoptr(WlLosses) losses = wl_losses_new();
    g_autoptr(GPtrArray) lost = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *text = wl_wirehub_format(file, OWN_KEY, losses, &error);
    g_autofree char *all = NULL;

    g_assert_no_error(error);
    g_assert_cmpstr(text, ==,
                    "subnet 10.77.0.0/24\n\ntrust 10.77.0.2 " WH_OWN "\nrouter hub " WH_HUB
                    " 192.0.2.1:1\n");
    lost = wl_losses_to_strings(losses);
    all = join(lost);
    g_assert_cmpstr(all, ==,
                    "Name\nAddress, all but the first IPv4 one,\nRole\n"
                    "AllowedIPs, some, of hub\n"
                    "the address (WireHub assigns a free one) of hub\n"
                    "Endpoint, all but the first, of hub\n");
    g_ptr_array_set_size(file->profile->addresses, 1);
    g_assert_null(wl_wirehub_format(file, OWN_KEY, losses, &error));
    g_assert_nonnull(strstr(error->message, "no IPv4 address"));
}

static void
test_wirehub_bad(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "net: no line \"trust\" or \"router\" has the public key"},
        {"trust a " WH_OWN "\n", "net:1: trust: no subnet before this line"},
        {"subnet 10.0.42.0\n", "net:1: subnet: not an IPv4 network"},
        {"subnet fd77::/64\n", "net:1: subnet: not an IPv4 network"},
        {"subnet 10.0.42.0/24\nsubnet 10.0.43.0/24\n", "net:2: subnet: already set"},
        {"subnet 10.0.42.0/24\ntrust a\n", "net:2: trust: no public key"},
        {"subnet 10.0.42.0/24\ntrust a b " WH_OWN, "net:2: trust: \"b\" is not a key"},
        {"subnet 10.0.42.0/24\ntrust " WH_OWN " " WH_HUB, "net:2: trust: two keys"},
        {"subnet 10.0.42.0/24\ntrust " WH_OWN " 1.2.3.4 x", "net:2: trust: unexpected word \"x\""},
        {"subnet 10.0.42.0/24\ntrust " WH_OWN " 1.2.3.4:0", "net:2: trust: \"1.2.3.4:0\" has no"},
        {"subnet 10.0.42.0/24\ntrust 10.0.43.1 " WH_OWN,
         "net:2: trust: 10.0.43.1 is not in the subnet"},
        {"subnet 10.0.42.0/24\npeer 10.0.42.1 " WH_OWN,
         "net:2: peer: address 10.0.42.1, but only members"},
        {"subnet 10.0.42.0/24\ntrust 10.0.42.5 " WH_OWN "\ntrust 10.0.42.5 " WH_HUB,
         "net:3: trust: 10.0.42.5 is also the address in line 2"},
        {"subnet 10.0.42.0/24\ntrust a " WH_OWN "\ntrust a " WH_HUB,
         "net:3: trust: \"a\" is also the name in line 2"},
        {"subnet 10.0.42.0/30\ntrust " WH_OWN "\ntrust " WH_HUB,
         "net:3: trust: no free address in the subnet"},
        {"boot " WH_OWN, "net:1: boot: no endpoint"},
        {"subnet 10.0.42.0/24\ntrust " WH_OWN "\ntrust " WH_HUB "\nrouter " WH_HUB,
         "net: peer-2-public-key: is also the key of"},
        {"name \xff", "net: longer than"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(WlProfileFile) file = parse_wirehub(cases[i].text, &error);

        g_assert_null(file);
        if (!g_str_has_prefix(error->message, cases[i].message))
            g_error("\"%s\" does not begin with \"%s\"", error->message, cases[i].message);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/profile/formats/detect", test_detect);
    g_test_add_func("/profile/formats/plain", test_plain);
    g_test_add_func("/profile/formats/plain-losses", test_plain_losses);
    g_test_add_func("/profile/formats/many-losses", test_many_losses);
    g_test_add_func("/profile/formats/go", test_go);
    g_test_add_func("/profile/formats/go-round-trip", test_go_round_trip);
    g_test_add_func("/profile/formats/go-port", test_go_port);
    g_test_add_func("/profile/formats/go-bad", test_go_bad);
    g_test_add_func("/profile/formats/wirehub", test_wirehub);
    g_test_add_func("/profile/formats/wirehub-losses", test_wirehub_losses);
    g_test_add_func("/profile/formats/wirehub-bad", test_wirehub_bad);
    return g_test_run();
}
