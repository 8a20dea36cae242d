#include <memory>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "umsadm/base/text.hpp"

#include "../auditing.hpp"
#include "../context.hpp"
#include "../host_key_trust.hpp"
#include "../login.hpp"
#include "../main_server.hpp"
#include "../server_options.hpp"
#include "../server_view.hpp"
#include "commands.hpp"

namespace umsadm::app {
namespace {

struct ServerAddOptions {
    std::string name;
    ServerChanges changes;
};

ExitCode run_server_add(const ServerAddOptions& options, Context& ctx) {
    const Site site = ctx.open_site();
    Server fresh;
    fresh.name = options.name;
    const Server server = changed(std::move(fresh), options.changes.record);
    std::string main_before;
    {
        const FileLock lock = site.lock(ctx.lock_deadline());
        save_server(site, server, IfExists::refuse);
        main_before = site.load_settings().main_server;
        if (options.changes.make_main || main_before.empty()) set_main_server(site, server.name);
    }
    audit_done(ctx, site, "server add", server.name);
    const ShownServer shown = look_up(site, {server}).front();
    if (shown.is_main) audit_main_server(ctx, site, main_before);

    ctx.out.result(server_json(shown));
    ctx.out.text(fmt::format("added server {}: {}, login {}{}", in_quotes(server.name), server.host,
                             describe_login(server.host, shown.login), shown.is_main ? ", the main server" : ""));
    if (shown.is_main && !main_before.empty()) {
        ctx.out.note(fmt::format("the main server was {} before", in_quotes(main_before)));
    }
    ctx.out.note(next_step({"server", server.name, server.host, shown.login}));
    return ExitCode::done;
}

}  // namespace

void add_server_add(Command& group) {
    const auto options = std::make_shared<ServerAddOptions>();
    Command& command = group.command("add", "Make a UMS Server known to the site");
    command
        .describe(
            "Nothing is connected. What is given here is stored; passwords are not, only where they come from "
            "(SRC: file:PATH or env:NAME). The first server becomes the main server by itself.")
        .argument("NAME", "what the server is called here: lower-case letters, digits, \".\", \"_\" and \"-\"",
                  into(options->name))
        .offering({OfferKind::nothing});
    add_server_options(command, options->changes, Need::required);
    command
        .example("umsadm server add ums1 --host ums1.example.com --ssh-user admin --sudo-password file:/root/ums1.pw",
                 "a login with the keys of the SSH agent or in ~/.ssh; sudo asks for a password")
        .example(
            "umsadm server add ums2 --host ums2.example.com --ssh-user root --ums-id-store file "
            "--ums-id-path /opt/ums/ums-id.p12 --ums-id-password file:/root/ums-id.pw",
            "its UMS ID is in a PKCS#12 file")
        .example("umsadm server add here --host ums1.example.com --local", "umsadm runs on the server itself")
        .run([options](Context& ctx) { return run_server_add(*options, ctx); });
}

}  // namespace umsadm::app
