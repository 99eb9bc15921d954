using Inference.Server.Options;

namespace Inference.Server.Tests.Options;

public sealed class ModelArgumentTests
{
    [Theory]
    [InlineData("models/smol", null, "models/smol", "")]
    [InlineData("chat=models/smol", "chat", "models/smol", "")]
    [InlineData("org/chat=/models/smol,x", "org/chat", "/models/smol,x", "")]
    [InlineData("/data/a=b/smol", null, "/data/a=b/smol", "")]
    [InlineData("./a=b", null, "./a=b", "")]
    [InlineData("smol,dtype=int8", null, "smol", "dtype=int8")]
    [InlineData("c=smol,dtype=int8,max-model-len=2048", "c", "smol", "dtype=int8;max-model-len=2048")]
    [InlineData("c=smol,speculative-config={\"method\": \"ngram\", \"num_speculative_tokens\": 5},threads=1", "c", "smol", "speculative-config={\"method\": \"ngram\", \"num_speculative_tokens\": 5};threads=1")]
    public void Parse_Value_IsTakenApart(string text, string? name, string path, string overrides)
    {
        var argument = ModelArgument.Parse(text);

        Assert.Equal((name, path), (argument.Name, argument.Path));
        Assert.Equal(overrides, string.Join(';', argument.Overrides.Select(pair => $"{pair.Option}={pair.Value}")));
    }

    [Theory]
    [InlineData("=path")]
    [InlineData("name=")]
    [InlineData("name= ,dtype=int8")]
    public void Parse_NothingThere_IsRefused(string text) =>
        Assert.Equal("must be PATH or NAME=PATH, and not empty", Assert.Throws<FormatException>(() => ModelArgument.Parse(text)).Message);
}
