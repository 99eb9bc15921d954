using System.IO.Compression;
using Inference.Traces;

namespace Inference.Simulation.Tests.Traces;

public sealed class TraceReaderTests : IDisposable
{
    private const string AzureHeader = "TIMESTAMP,ContextTokens,GeneratedTokens";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    [Fact]
    public void Azure_Rows_AreTimesFromTheFirst()
    {
        var requests = AzureTrace.Read(new StringReader(
            $"{AzureHeader}\r\n2023-11-16 23:59:59.5000000,374,44\r\n2023-11-17 00:00:00.0000001,396,109"));

        Assert.Equal([(TimeSpan.Zero, 374, 44), (TimeSpan.FromTicks(5_000_001), 396, 109)],
            requests.Select(request => (request.Arrival, request.InputLength, request.OutputLength)));
        Assert.All(requests, request => Assert.Empty(request.PrefixIds));
    }

    [Theory]
    [InlineData("2023-11-16 18:15:46.6805900,374")]
    [InlineData("2023-11-16 18:15:46.6805900,0,44")]
    [InlineData("2023-11-16 18:15:46.6805900,-1,44")]
    [InlineData("2023-11-16 18:15:46.6805900,374,99999999999")]
    [InlineData("yesterday,374,44")]
    [InlineData("")]
    public void Azure_WrongLine_IsNamed(string line)
    {
        var exception = Assert.Throws<FormatException>(() => AzureTrace.Read(new StringReader($"{AzureHeader}\n{line}\n")));

        Assert.StartsWith("Line 2 ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Azure_OtherHeader_IsRefused() =>
        Assert.Throws<FormatException>(() => AzureTrace.Read(new StringReader("a,b,c\n")));

    [Fact]
    public void Mooncake_Rows_AreTimesFromTheFirst()
    {
        var requests = MooncakeTrace.Read(new StringReader(
            """
            {"timestamp": 100, "input_length": 513, "output_length": 6, "hash_ids": [7, 8]}
            {"timestamp": 140, "input_length": 512, "output_length": 1, "hash_ids": [7]}
            """));

        Assert.Equal([(0.0, 513, 6), (40.0, 512, 1)],
            requests.Select(request => (request.Arrival.TotalMilliseconds, request.InputLength, request.OutputLength)));
        Assert.Equal([7L, 8L], requests[0].PrefixIds);
    }

    [Theory]
    [InlineData("""{"timestamp": 0, "input_length": 513, "output_length": 6, "hash_ids": [7]}""")]
    [InlineData("""{"timestamp": 0, "input_length": 0, "output_length": 6, "hash_ids": []}""")]
    [InlineData("""{"timestamp": 0, "input_length": 2147483647, "output_length": 6, "hash_ids": [1]}""")]
    [InlineData("""{"timestamp": 0, "input_length": 5, "output_length": 6, "hash_ids": null}""")]
    [InlineData("""{"timestamp": 0, "input_length": 5, "output_length": 6}""")]
    [InlineData("""{"timestamp": 0""")]
    [InlineData("null")]
    public void Mooncake_WrongLine_IsNamed(string line)
    {
        var exception = Assert.Throws<FormatException>(() => MooncakeTrace.Read(new StringReader(line)));

        Assert.StartsWith("Line 1 ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_PlainOrCompressed_IsReadByItsName()
    {
        var plain = Write("trace.csv", $"{AzureHeader}\n2023-11-16 18:15:46.6805900,374,44\n");
        var compressed = plain + ".gz";
        using (var target = new GZipStream(File.Create(compressed), CompressionLevel.Optimal))
            target.Write(File.ReadAllBytes(plain));

        Assert.Equal(TraceFile.Read(plain).Single().InputLength, TraceFile.Read(compressed).Single().InputLength);
    }

    [Theory]
    [InlineData("trace.txt", "")]
    [InlineData("trace.csv", "no header")]
    [InlineData("trace.jsonl.gz", "not compressed")]
    [InlineData("trace.csv", "TIMESTAMP,ContextTokens,GeneratedTokens\n2023-11-16 18:15:46.0,1,1\n2023-11-16 18:15:45.0,1,1\n")]
    public void File_Damaged_IsNamed(string name, string text)
    {
        var path = Write(name, text);

        Assert.Contains(path, Assert.Throws<FormatException>(() => TraceFile.Read(path)).Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
