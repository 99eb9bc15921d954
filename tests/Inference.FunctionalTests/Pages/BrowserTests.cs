using Inference.Server.Serving;

namespace Inference.FunctionalTests.Pages;

/// <summary>The pages in Chromium: see tests/clients/pages.js for what is done in each scenario.</summary>
public sealed class BrowserTests : IClassFixture<NodeClients>
{
    private const string Hostile =
        "# Hi <img src=x onerror=\"document.title='hacked'\">\n\n<script>document.title='hacked'</script>\n\n"
        + "[click](javascript:document.title='hacked') **<b>bold</b>** `<i>`\n\n```html\n<script>document.title='hacked'</script>\n```";

    private static readonly string? Chromium = new[] { Environment.GetEnvironmentVariable("CHROMIUM"), "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome" }
        .FirstOrDefault(path => path is not null && File.Exists(path));

    [Theory]
    [InlineData("chat")]
    [InlineData("compare")]
    [InlineData("settings")]
    [InlineData("phone")]
    [InlineData("home")]
    [InlineData("docs")]
    public async Task Pages_Scenario_Works(string scenario)
    {
        await using var server = await RunningServer.StartAsync(model: model => model with { Names = ["alphabet", "other"] });

        await BrowseAsync(server, scenario);
        await server.IdleAsync();
    }

    [Fact]
    public async Task Playground_Stop_EndsTheAnswer()
    {
        await using var server = await RunningServer.StartAsync();
        server.Executor.Hold();

        var browsing = BrowseAsync(server, "stop");
        await await Task.WhenAny(server.Executor.StepHeldAsync(TestContext.Current.CancellationToken), browsing);
        while (!browsing.IsCompleted)
        {
            server.Executor.ReleaseOne();
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        await browsing;
        server.Executor.Release();
        await server.IdleAsync();
    }

    [Fact]
    public async Task Playground_HostileText_StaysText()
    {
        await using var server = await Parrot.StartAsync(Hostile, ChatTraits.None);

        await BrowseAsync(server, "hostile");
    }

    [Fact]
    public async Task Playground_Reasoning_IsFolded()
    {
        await using var server = await Parrot.StartAsync("<think>Let me see.</think>It is *so*.", ChatTraits.None with { HasReasoning = true });

        await BrowseAsync(server, "reasoning");
    }

    [Fact]
    public async Task Playground_KeyIsSet_AsksForItAndKeepsItInTheTab()
    {
        await using var server = await RunningServer.StartAsync(options => options with { ApiKeys = ["secret"] });

        await BrowseAsync(server, "key");
    }

    [Fact]
    public async Task Playground_TooMany_SaysSo()
    {
        await using var server = await RunningServer.StartAsync(options => options with { RateLimitRequests = 1 });

        await BrowseAsync(server, "busy");
    }

    private static async Task BrowseAsync(RunningServer server, string scenario)
    {
        Assert.SkipWhen(Chromium is null, "Chromium is not installed: apt-get install chromium, or name one in the environment variable CHROMIUM.");
        await NodeClients.RunAsync("pages.js", Chromium!, server.Address.ToString(), scenario);
    }
}
