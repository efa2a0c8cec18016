/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prints the findings of the doctor for people and for programs.
 */
#include "wl-doctor-show.h"

#include <stdio.h>

#include "wl-page.h"
#include "wl-print.h"

#define INDENT 6 /* columns before the text of a check */

static const struct {
    const char *label;
    WlStyle style;
} results[] = {
    [WL_CHECK_OK] = {"ok", WL_STYLE_GOOD},
    [WL_CHECK_WARN] = {"warn", WL_STYLE_FAIR},
    [WL_CHECK_FAIL] = {"fail", WL_STYLE_BAD},
};

static void
print_page(const WlDoctor *doctor)
{
    g_autoptr(GString) out = g_string_new(NULL);
    WlPage page;

    wl_page_init(&page);
    for (guint i = 0; i < doctor->checks->len; i++) {
        const WlCheck *check = g_ptr_array_index(doctor->checks, i);
        g_autofree char *label = g_strdup_printf("%-*s", INDENT, results[check->result].label);

        wl_page_append(&page, out, results[check->result].style, label);
        g_string_append_printf(out, "%s\n", check->message);
        if (check->remedy)
            wl_page_append_wrapped(&page, out, INDENT, check->remedy);
    }
    fputs(out->str, stdout);
}

static void
print_json(const WlDoctor *doctor, guint failed)
{
    JsonObject *object = json_object_new();
    JsonArray *checks = json_array_new();

    for (guint i = 0; i < doctor->checks->len; i++) {
        const WlCheck *check = g_ptr_array_index(doctor->checks, i);
        JsonObject *entry = json_object_new();

        json_object_set_string_member(entry, "check", check->name);
        json_object_set_string_member(entry, "result", results[check->result].label);
        json_object_set_string_member(entry, "message", check->message);
        json_object_set_string_member(entry, "remedy", check->remedy ? check->remedy : "");
        json_array_add_object_element(checks, entry);
    }
    json_object_set_array_member(object, "checks", checks);
    json_object_set_int_member(object, "failed", failed);
    wl_print_json(object, TRUE);
}

WlExit
wl_doctor_show(const WlDoctor *doctor, gboolean json)
{
    guint failed = 0;

    for (guint i = 0; i < doctor->checks->len; i++) {
        const WlCheck *check = g_ptr_array_index(doctor->checks, i);

        failed += check->result == WL_CHECK_FAIL;
    }
    if (json)
        print_json(doctor, failed);
    else
        print_page(doctor);
    return failed > 0 ? WL_EXIT_FAILURE : WL_EXIT_OK;
}
