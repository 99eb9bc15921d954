using Inference.Server.Options;

namespace Inference.Server.Tests.Options;

public sealed class LoraArgumentTests
{
    [Theory]
    [InlineData("sql=/adapters/sql", "sql", "/adapters/sql")]
    [InlineData(" sql = /adapters/a=b ", "sql", "/adapters/a=b")]
    public void Parse_NameAndPath_TakesThemApart(string text, string name, string path) =>
        Assert.Equal(new LoraArgument(name, path), LoraArgument.Parse(text));

    [Fact]
    public void Each_SeveralModels_TakeTheirAdaptersWithThem()
    {
        var options = new ServerOptions { Models = [ModelArgument.Parse("a=/models/a,lora=x=/adapters/x,lora=y=/adapters/y"), ModelArgument.Parse("b=/models/b")] };
        var each = ModelOptions.Each(options);
        Assert.Equal([new("x", "/adapters/x"), new("y", "/adapters/y")], each[0].Loras);
        Assert.Equal((true, false), (each[0].TakesAdapters, each[1].TakesAdapters));
    }

    [Fact]
    public void CheckTogether_AdaptersOfNoModelInParticular_AreRefusedWhereThereAreSeveral()
    {
        var options = new ServerOptions { Models = [ModelArgument.Parse("a=/models/a"), ModelArgument.Parse("b=/models/b")], Loras = [new("x", "/adapters/x")] };
        Assert.StartsWith("--lora: ", Assert.Throws<OptionException>(() => OptionsReader.CheckTogether(options)).Message, StringComparison.Ordinal);
        options = options with { Models = [], MaxLoras = 1, Loras = [new("x", "/adapters/x"), new("y", "/adapters/y")] };
        Assert.Contains("--max-loras is 1", Assert.Throws<OptionException>(() => OptionsReader.CheckTogether(options)).Message, StringComparison.Ordinal);
    }
}
