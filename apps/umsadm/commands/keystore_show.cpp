#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/error.hpp"
#include "umsadm/base/text.hpp"

#include "../certificate_selection.hpp"
#include "../context.hpp"
#include "../gateway_session.hpp"
#include "../input_limit.hpp"
#include "../keystore_view.hpp"
#include "../login.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct KeystoreShowOptions {
    std::string source;
    std::optional<SecretSource> store_password;
    LoginOptions login;
};

void show(Context& ctx, const DecodedKeystore& decoded, const std::string& path, const std::string& gateway) {
    Json result{{"gateway", gateway.empty() ? Json(nullptr) : Json(gateway)}, {"path", path}};
    result.update(keystore_json(decoded));
    ctx.out.result(std::move(result));
    const std::string where =
        gateway.empty() ? in_quotes(path) : fmt::format("{} of gateway {}", in_quotes(path), in_quotes(gateway));
    show_keystore(ctx.out, where, decoded, ctx.now());
}

void show_file(Context& ctx, const KeystoreShowOptions& options) {
    const std::string& path = options.source;
    const Secret* const password =
        ctx.secrets.read(options.store_password, fmt::format("password of the keystore {}", in_quotes(path)));
    const DecodedKeystore decoded = with_context(fmt::format("reading {}", in_quotes(path)), [&] {
        try {
            return decode_keystore(read_file(path, k_file_limit), password);
        } catch (Error& error) {
            // The library knows no options.
            if (password == nullptr && error.hint().find("password") != std::string::npos) {
                error.set_hint("give its password with --store-password SRC");
            }
            throw;
        }
    });
    show(ctx, decoded, path, {});
}

Gateway load_source(const Context& ctx, const KeystoreShowOptions& options) {
    try {
        return load_gateway_for_run(ctx.open_site(), options.source, options.login);
    } catch (Error& error) {
        std::error_code ignored;
        if (std::filesystem::exists(options.source, ignored)) {
            error.set_hint(fmt::format("to show the file of that name, write \"./{}\"", printable(options.source)));
        }
        throw;
    }
}

void show_gateway_keystore(Context& ctx, const KeystoreShowOptions& options) {
    Gateway gateway = load_source(ctx, options);
    if (options.store_password) gateway.store_password = options.store_password;
    const std::string name = gateway.name;
    GatewaySession session(ctx, std::move(gateway));
    const RemoteFile& file = session.state().keystore;
    const DecodedKeystore decoded =
        with_context(fmt::format("reading {} of gateway {}", in_quotes(file.path), in_quotes(name)),
                     [&] { return decode_keystore(file.content, session.passwords().store); });
    show(ctx, decoded, file.path, name);
}

ExitCode run_keystore_show(const KeystoreShowOptions& options, Context& ctx) {
    if (names_a_file(options.source)) {
        show_file(ctx, options);
    } else {
        show_gateway_keystore(ctx, options);
    }
    return ExitCode::done;
}

}  // namespace

void add_keystore_show(Command& group) {
    const auto options = std::make_shared<KeystoreShowOptions>();
    Command& command = group.command("show", "Show what is in a keystore: a gateway's, or a file");
    command
        .describe(
            "JKS, JCEKS and PKCS#12. A gateway's keystore is read with the passwords of its configuration. A file is "
            "read without a password, too, where its format allows that; its integrity is not verified then.")
        .argument("GATEWAY|FILE", "name of a gateway, or a path with a \"/\" in it", into(options->source))
        .option("--store-password", "SRC", "the password of the keystore", into(options->store_password));
    add_login_options(command, options->login);
    command.example("umsadm keystore show berlin", "aliases, certificates and their ends")
        .example("umsadm keystore show ./keystore.jks --store-password prompt", "a file, with its integrity verified")
        .run([options](Context& ctx) { return run_keystore_show(*options, ctx); });
}

}  // namespace umsadm::app
