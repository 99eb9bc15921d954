using Inference.Server.Hosting;

return await ServerProcess.RunAsync(args);
