/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Loads the module as Plasma's applet, settings and secret agent do, and calls it through the base
 * classes of the installed plasma-nm. */

#include <KPluginFactory>
#include <KPluginMetaData>
#include <QApplication>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableWidget>
#include <QTemporaryDir>

#include <NetworkManager.h>

#include "wl-plasma-interface.hpp"

#define SERVICE "org.freedesktop.NetworkManager.wirelink"
#define PRIVATE_KEY "yAnz5TF+lXXJte14tji3zlMNq+hd2rYUIgJBgB3fBmk="
#define OTHER_KEY "TrMvSoP4jYQlY6RIzBgbssQqY3vxI2Pi+y71lOWWXX0="
#define PUBLIC_KEY "xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg="

typedef NetworkManager::VpnSetting::Ptr Setting;

static QString text(const char *utf8) { return QString::fromUtf8(utf8); }

static KPluginMetaData find_module()
{
    const auto found =
        KPluginMetaData::findPlugins(text("plasma/network/vpn"), [](const KPluginMetaData &data) {
            return data.value(text("X-NetworkManager-Services")) == text(SERVICE);
        });

    return found.isEmpty() ? KPluginMetaData() : found.first();
}

static VpnUiPlugin *load()
{
    const auto result = KPluginFactory::instantiatePlugin<VpnUiPlugin>(find_module());

    if (!result)
        g_error("%s", result.errorText.toUtf8().constData());
    return result.plugin;
}

static Setting make_setting(const NMStringMap &data, const NMStringMap &secrets)
{
    Setting setting(new NetworkManager::VpnSetting);

    setting->setServiceType(text(SERVICE));
    setting->setData(data);
    setting->setSecrets(secrets);
    return setting;
}

static NMStringMap profile()
{
    return {
        {text("address"), text("10.77.0.2/24")},
        {text("peer-1-name"), text("hub")},
        {text("peer-1-public-key"), text(PUBLIC_KEY)},
        {text("peer-1-allowed-ips"), text("10.77.0.0/24")},
        {text("future-key"), text("kept")},
    };
}

static NMStringMap map_of(const QVariantMap &setting, const char *name)
{
    return qvariant_cast<NMStringMap>(setting.value(text(name)));
}

static QTableWidgetItem *cell(QTableWidget *table, const char *name)
{
    const auto found = table->findItems(text(name), Qt::MatchFixedString | Qt::MatchCaseSensitive);

    g_assert_cmpint(found.size(), ==, 1);
    return table->item(found.first()->row(), 1);
}

/* How often the signal was emitted, connected by name as other modules of Plasma do. */
class Listener : public QObject
{
public:
    Listener(QObject *sender, const char *signal)
    {
        const QMetaObject *meta = sender->metaObject();
        const int index = meta->indexOfSignal(signal);

        g_assert_cmpint(index, >=, 0);
        QMetaObject::connect(sender, index, this, QObject::staticMetaObject.methodCount());
    }
    int qt_metacall(QMetaObject::Call call, int id, void **arguments) override
    {
        id = QObject::qt_metacall(call, id, arguments);
        if (call == QMetaObject::InvokeMetaMethod && id == 0)
            count++;
        return id - 1;
    }
    int count = 0;
};

static void test_found()
{
    const KPluginMetaData module = find_module();

    g_assert_true(module.isValid());
    g_assert_cmpstr(module.pluginId().toUtf8(), ==, "plasmanetworkmanagement_wirelinkui");
    g_assert_false(module.name().isEmpty());
}

static void test_asks_for_the_key()
{
    QScopedPointer<VpnUiPlugin> plugin(load());
    NMStringMap data = profile();
    data.insert(text("private-key-flags"), text("2"));
    QScopedPointer<SettingWidget> form(plugin->askUser(make_setting(data, {}), {}, nullptr));
    const auto fields = form->findChildren<QLineEdit *>();
    Listener valid(form.data(), "validChanged(bool)");

    g_assert_cmpint(fields.size(), ==, 1);
    g_assert_cmpint(fields.first()->echoMode(), ==, QLineEdit::Password);
    g_assert_cmpstr(fields.first()->accessibleName().toUtf8(), ==, "Private key");
    g_assert_false(form->isValid());
    fields.first()->setText(text(" " PRIVATE_KEY "\n"));
    g_assert_true(form->isValid());
    g_assert_cmpint(valid.count, >, 0);
    g_assert_cmpstr(map_of(form->setting(), "secrets").value(text("private-key")).toUtf8(), ==,
                    PRIVATE_KEY);
}

static void test_asks_for_what_is_missing_and_hinted()
{
    QScopedPointer<VpnUiPlugin> plugin(load());
    NMStringMap data = profile();
    data.insert(text("peer-1-preshared-key-flags"), text("1"));
    data.insert(text("peer-2-public-key"), text(OTHER_KEY));
    data.insert(text("peer-2-preshared-key-flags"), text("4"));
    QScopedPointer<SettingWidget> form(
        plugin->askUser(make_setting(data, {{text("private-key"), text(PRIVATE_KEY)}}),
                        {text("peer-2-preshared-key")}, nullptr));
    QStringList names;

    for (const QLineEdit *field : form->findChildren<QLineEdit *>())
        names << field->objectName();
    names.sort();
    g_assert_cmpstr(names.join(u' ').toUtf8(), ==, "peer-1-preshared-key peer-2-preshared-key");
    /* what was known is handed back */
    g_assert_cmpstr(map_of(form->setting(), "secrets").value(text("private-key")).toUtf8(), ==,
                    PRIVATE_KEY);
}

/* Asked again although all is known: the user's were wrong, those of NetworkManager are not his. */
static void test_asks_again()
{
    QScopedPointer<VpnUiPlugin> plugin(load());
    NMStringMap data = profile();
    data.insert(text("peer-1-preshared-key-flags"), text("1"));
    QScopedPointer<SettingWidget> form(
        plugin->askUser(make_setting(data, {{text("private-key"), text(PRIVATE_KEY)},
                                            {text("peer-1-preshared-key"), text(OTHER_KEY)}}),
                        {}, nullptr));
    const auto fields = form->findChildren<QLineEdit *>();

    g_assert_cmpint(fields.size(), ==, 1);
    g_assert_cmpstr(fields.first()->objectName().toUtf8(), ==, "peer-1-preshared-key");
}

static void test_edits_keys()
{
    QScopedPointer<VpnUiPlugin> plugin(load());
    const Setting setting = make_setting(profile(), {});
    QScopedPointer<SettingWidget> page(plugin->widget(setting, nullptr));
    auto table = page->findChild<QTableWidget *>(text("keys"));
    auto error = page->findChild<QLabel *>(text("error"));
    Listener changed(page.data(), "settingChanged()");

    g_assert_cmpstr(page->setting().value(text("service-type")).toString().toUtf8(), ==, SERVICE);
    /* the key is not there until the secrets come, which is an error until then */
    g_assert_false(page->isValid());
    page->loadSecrets(make_setting(profile(), {{text("private-key"), text(PRIVATE_KEY)}}));
    g_assert_true(page->isValid());
    g_assert_true(error->isHidden());
    g_assert_true(map_of(page->setting(), "data") == profile());
    g_assert_cmpstr(map_of(page->setting(), "secrets").value(text("private-key")).toUtf8(), ==,
                    PRIVATE_KEY);

    const int before = changed.count;
    cell(table, "listen-port")->setText(text("70000"));
    g_assert_cmpint(changed.count, >, before);
    g_assert_false(page->isValid());
    g_assert_true(error->text().contains(text("listen-port")));
    cell(table, "listen-port")->setText(text("51820"));
    g_assert_true(page->isValid());
    cell(table, "peer-1-name")->setText(QString());
    const NMStringMap data = map_of(page->setting(), "data");
    g_assert_cmpstr(data.value(text("listen-port")).toUtf8(), ==, "51820");
    g_assert_false(data.contains(text("peer-1-name")));
    g_assert_cmpstr(data.value(text("future-key")).toUtf8(), ==, "kept");
}

static void test_adds_a_peer()
{
    QScopedPointer<VpnUiPlugin> plugin(load());
    QScopedPointer<SettingWidget> page(plugin->widget(
        make_setting(profile(), {{text("private-key"), text(PRIVATE_KEY)}}), nullptr));
    auto table = page->findChild<QTableWidget *>(text("keys"));

    g_assert_true(table->findItems(text("peer-2-public-key"), Qt::MatchExactly).isEmpty());
    page->findChildren<QPushButton *>().first()->click();
    cell(table, "peer-2-public-key")->setText(text(OTHER_KEY));
    g_assert_true(page->isValid());
    g_assert_cmpstr(map_of(page->setting(), "data").value(text("peer-2-public-key")).toUtf8(), ==,
                    OTHER_KEY);
}

/* A new connection: nothing is there yet. */
static void test_begins_empty()
{
    QScopedPointer<VpnUiPlugin> plugin(load());
    QScopedPointer<SettingWidget> page(plugin->widget(make_setting({}, {}), nullptr));

    g_assert_false(page->isValid());
    g_assert_true(map_of(page->setting(), "data").isEmpty());
}

static QString write_file(const QTemporaryDir &folder, const char *contents)
{
    const QString path = folder.filePath(text("office.wirelink"));
    QFile file(path);

    g_assert_true(file.open(QIODevice::WriteOnly));
    file.write(contents);
    return path;
}

/* The results stay in memory that nobody destroys: Plasma destroys them with code of its headers. */
template<class Result> struct Kept {
    alignas(16) char memory[256];
    const Result *operator->() const { return reinterpret_cast<const Result *>(memory); }
};

static void test_imports()
{
    QTemporaryDir folder;
    QScopedPointer<VpnUiPlugin> plugin(load());
    Kept<VpnUiPlugin::ImportResult> result;
    const QString path = write_file(folder, "[Wirelink]\n[Interface]\nPrivateKey = " PRIVATE_KEY
                                            "\nAddress = 10.77.0.2/24\n[Peer]\nPublicKey = " PUBLIC_KEY
                                            "\nAllowedIPs = 10.77.0.0/24\n");

    g_assert_true(plugin->supportedFileExtensions().contains(text("*.wirelink")));
    new (result.memory) VpnUiPlugin::ImportResult(plugin->importConnectionSettings(path));
    g_assert_cmpstr(result->errorMessage().toUtf8(), ==, "");
    g_assert_true(bool(*result.operator->()));
    NMConnection *connection = result->connection();
    NMSettingVpn *vpn = nm_connection_get_setting_vpn(connection);
    g_assert_cmpstr(nm_connection_get_id(connection), ==, "office");
    g_assert_cmpstr(nm_setting_vpn_get_service_type(vpn), ==, SERVICE);
    g_assert_cmpstr(nm_setting_vpn_get_secret(vpn, "private-key"), ==, PRIVATE_KEY);
    g_object_unref(connection);
}

static void test_refuses_a_bad_file()
{
    QTemporaryDir folder;
    QScopedPointer<VpnUiPlugin> plugin(load());
    Kept<VpnUiPlugin::ImportResult> result;

    new (result.memory) VpnUiPlugin::ImportResult(
        plugin->importConnectionSettings(write_file(folder, "[Wirelink]\n[Interface]\nAddress = nonsense\n")));
    g_assert_false(bool(*result.operator->()));
    g_assert_true(result->errorMessage().contains(text("Address")));
}

static void test_suggests_a_file()
{
    QScopedPointer<VpnUiPlugin> plugin(load());
    NetworkManager::ConnectionSettings::Ptr settings(
        new NetworkManager::ConnectionSettings(NetworkManager::ConnectionSettings::Vpn));

    settings->setId(text("office"));
    g_assert_cmpstr(plugin->suggestedFileName(settings).toUtf8(), ==, "office.wirelink");
}

int main(int argc, char **argv)
{
    QCoreApplication::setLibraryPaths(QStringList(text(WL_TEST_PLUGINS)) +
                                      QCoreApplication::libraryPaths());
    QApplication application(argc, argv);
    QCoreApplication::addLibraryPath(text(WL_TEST_PLUGINS));

    g_test_init(&argc, &argv, nullptr);
    g_test_add_func("/plasma/found", test_found);
    g_test_add_func("/plasma/secrets/key", test_asks_for_the_key);
    g_test_add_func("/plasma/secrets/hints", test_asks_for_what_is_missing_and_hinted);
    g_test_add_func("/plasma/secrets/again", test_asks_again);
    g_test_add_func("/plasma/edit/keys", test_edits_keys);
    g_test_add_func("/plasma/edit/peer", test_adds_a_peer);
    g_test_add_func("/plasma/edit/new", test_begins_empty);
    g_test_add_func("/plasma/import/file", test_imports);
    g_test_add_func("/plasma/import/bad", test_refuses_a_bad_file);
    g_test_add_func("/plasma/export/name", test_suggests_a_file);
    return g_test_run();
}
